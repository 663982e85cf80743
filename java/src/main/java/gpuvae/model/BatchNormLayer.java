package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.Tensor;

/**
 * Each channel by mean and variance of the batch, or in evaluation by the running ones, scaled and
 * shifted; a residual, and an activation.
 */
final class BatchNormLayer implements Layer {
  private final Backend backend;
  private final Activation activation;
  private final Tensor input;
  private final Tensor inputGradient;
  private final Tensor residual;
  private final Tensor scale;
  private final Tensor shift;
  private final Tensor scaleGradient;
  private final Tensor shiftGradient;
  private final Tensor statistics;
  private final Tensor running;
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
  BatchNormLayer(
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
    statistics = context.parameters().statistics().batch(name);
    running = context.parameters().statistics().running(name);
    inverse = context.workspace().take((int) scale.size());
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
    if (training) {
      backend
          .images()
          .batchNorm(
              rows, input, scale, shift, residual, activation, statistics, inverse, pre, output);
    } else {
      backend
          .images()
          .batchNormInference(rows, input, scale, shift, residual, activation, running, output);
    }
  }

  @Override
  public void backward(int rows) {
    backend
        .images()
        .batchNormBackward(
            rows,
            activation,
            input,
            scale,
            statistics,
            inverse,
            pre,
            output,
            outputGradient,
            scaleGradient,
            shiftGradient,
            inputGradient);
  }
}
