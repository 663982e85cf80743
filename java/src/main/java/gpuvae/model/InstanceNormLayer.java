package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.Tensor;

/** Each plane by its own mean and variance, scaled and shifted; a residual, and an activation. */
final class InstanceNormLayer implements Layer {
  private final Backend backend;
  private final Activation activation;
  private final Tensor input;
  private final Tensor inputGradient;
  private final Tensor residual;
  private final Tensor scale;
  private final Tensor shift;
  private final Tensor scaleGradient;
  private final Tensor shiftGradient;
  private final Tensor mean;
  private final Tensor inverse;
  private final Tensor output;
  private final Tensor pre;
  private final Tensor outputGradient;

  /**
   * A layer with an output of its own.
   *
   * @param inputGradient null where no gradient of the input is wanted
   * @param residual added before the activation; null for none
   */
  InstanceNormLayer(
      LayerContext context,
      String name,
      Activation activation,
      Tensor input,
      Tensor inputGradient,
      Tensor residual) {
    backend = context.backend();
    this.activation = activation;
    this.input = input;
    this.inputGradient = inputGradient != null ? inputGradient : context.rows(input.columns());
    this.residual = residual;
    scale = context.value(name + ".weight");
    shift = context.value(name + ".bias");
    scaleGradient = context.gradient(name + ".weight");
    shiftGradient = context.gradient(name + ".bias");
    mean = context.rows((int) scale.size());
    inverse = context.rows((int) scale.size());
    output = context.rows(input.columns());
    pre = context.pre(activation, output);
    outputGradient = context.rows(input.columns());
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
    backend
        .images()
        .instanceNorm(rows, input, scale, shift, residual, activation, mean, inverse, pre, output);
  }

  @Override
  public void backward(int rows) {
    backend
        .images()
        .instanceNormBackward(
            rows,
            activation,
            input,
            scale,
            mean,
            inverse,
            pre,
            output,
            outputGradient,
            scaleGradient,
            shiftGradient,
            inputGradient);
  }
}
