package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.LayerTensors;
import gpuvae.backend.Tensor;

/** y = activation(x W^T + b). */
final class DenseLayer implements Layer {
  private final Backend backend;
  private final LayerTensors t;

  /**
   * A layer between an input and an output of its own.
   *
   * @param inputGradient null where no gradient of the input is wanted
   */
  DenseLayer(
      LayerContext context,
      String name,
      Activation activation,
      Tensor input,
      Tensor inputGradient) {
    backend = context.backend();
    Tensor weight = context.value(name + ".weight");
    Tensor output = context.rows(weight.rows());
    t =
        new LayerTensors(
            input,
            weight,
            context.value(name + ".bias"),
            activation,
            context.pre(activation, output),
            output,
            context.rows(weight.rows()),
            context.gradient(name + ".weight"),
            context.gradient(name + ".bias"),
            inputGradient);
  }

  /** What it works on. */
  LayerTensors tensors() {
    return t;
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
    backend.denseForward(rows, t);
  }

  @Override
  public void backward(int rows) {
    backend.denseBackward(rows, t);
  }
}
