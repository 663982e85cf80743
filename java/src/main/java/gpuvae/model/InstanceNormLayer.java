package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.NormTensors;
import gpuvae.backend.Tensor;

/** Each plane by its own mean and variance, scaled and shifted; a residual, and an activation. */
final class InstanceNormLayer implements Layer {
  private final Backend backend;
  private final NormTensors t;

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
    int channels = (int) context.value(name + ".weight").size();
    Tensor mean = context.rows(channels);
    Tensor inverse = context.rows(channels);
    t = context.norm(name, activation, input, inputGradient, residual, mean, inverse);
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
    backend.images().instanceNorm(rows, t);
  }

  @Override
  public void backward(int rows) {
    backend.images().instanceNormBackward(rows, t);
  }
}
