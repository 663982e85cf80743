package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.Tensor;
import gpuvae.config.LayerConfig;
import gpuvae.config.Shape;
import java.util.List;

/**
 * y = activation(x + body(x)). A norm at the body's end adds x and takes the activation itself, in
 * its one pass over the values.
 */
final class ResidualLayer implements Layer {
  private final Backend backend;
  private final Activation activation;
  private final Tensor input;
  private final Tensor inputGradient;
  private final Stack body;
  private final Layer norm;
  private final Tensor bodyGradient;
  private final Tensor output;
  private final Tensor pre;
  private final Tensor outputGradient;

  /**
   * A layer with an output of its own.
   *
   * @param inputGradient null where no gradient of the input is wanted
   */
  ResidualLayer(
      LayerContext context,
      LayerConfig.Residual config,
      Shape shape,
      Tensor input,
      Tensor inputGradient) {
    backend = context.backend();
    activation = config.activation();
    this.input = input;
    this.inputGradient = inputGradient;
    bodyGradient = inputGradient == null ? null : context.rows(input.columns());
    boolean fused = endsWithNorm(config);
    List<LayerConfig> layers =
        fused ? config.layers().subList(0, config.layers().size() - 1) : config.layers();
    body = new Stack(context, layers, shape, input, bodyGradient);
    norm = fused ? norm(context, config.layers().getLast()) : null;
    output = fused ? norm.output() : context.rows(input.columns());
    pre = fused ? null : context.pre(activation, output);
    outputGradient = fused ? norm.outputGradient() : context.rows(input.columns());
  }

  private static boolean endsWithNorm(LayerConfig.Residual config) {
    LayerConfig last = config.layers().getLast();
    boolean norm =
        last instanceof LayerConfig.InstanceNorm || last instanceof LayerConfig.BatchNorm;
    return norm && last.activation().equals(Activation.IDENTITY);
  }

  private Layer norm(LayerContext context, LayerConfig last) {
    return last instanceof LayerConfig.InstanceNorm
        ? new InstanceNormLayer(
            context, last.name(), activation, body.output(), body.outputGradient(), input)
        : new BatchNormLayer(
            context, last.name(), activation, body.output(), body.outputGradient(), input);
  }

  @Override
  public Tensor output() {
    return output;
  }

  @Override
  public Tensor outputGradient() {
    return outputGradient;
  }

  @Override
  public void forward(int rows, boolean training) {
    body.forward(rows, training);
    if (norm != null) {
      norm.forward(rows, training);
    } else {
      backend.images().add(rows, body.output(), input, activation, pre, output);
    }
  }

  /**
   * After the first part the gradient of the sum, which is both summands', is in outputGradient.
   */
  @Override
  public void backward(int rows) {
    if (norm != null) {
      norm.backward(rows);
    } else {
      backend.activationBackward(rows, activation, pre, output, outputGradient, null);
      backend.copy(rows, outputGradient, body.outputGradient());
    }
    body.backward(rows);
    if (inputGradient != null) {
      backend
          .images()
          .add(
              rows,
              bodyGradient,
              outputGradient,
              Activation.IDENTITY,
              inputGradient,
              inputGradient);
    }
  }
}
