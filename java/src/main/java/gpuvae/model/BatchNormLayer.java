package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.NormTensors;
import gpuvae.backend.Tensor;

/**
 * Each channel by mean and variance of the batch, or in evaluation by the running ones, scaled and
 * shifted; a residual, and an activation.
 */
final class BatchNormLayer implements Layer {
  private final Backend backend;
  private final NormTensors t;
  private final Tensor running;

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
    Statistics statistics = context.parameters().statistics();
    running = statistics.running(name);
    Tensor batch = statistics.batch(name);
    Tensor inverse = context.workspace().take(batch.columns());
    t = context.norm(name, activation, input, inputGradient, residual, batch, inverse);
  }

  @Override
  public Tensor output() {
    return t.y();
  }

  @Override
  public Tensor outputGradient() {
    return t.dy();
  }

  @Override
  public void forward(int rows, boolean training) {
    if (training) {
      backend.images().batchNorm(rows, t);
    } else {
      backend.images().batchNormInference(rows, t, running);
    }
  }

  @Override
  public void backward(int rows) {
    backend.images().batchNormBackward(rows, t);
  }
}
