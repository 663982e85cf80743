package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.Convolution;
import gpuvae.backend.LayerTensors;
import gpuvae.backend.Tensor;

/** y = activation(convolution of x + b), or that of a transposed convolution. */
final class ConvLayer implements Layer {
  private final Backend backend;
  private final Convolution geometry;
  private final boolean transposed;
  private final LayerTensors t;

  /**
   * A layer with an output of its own.
   *
   * @param biased whether it has a bias
   * @param geometry of the convolution, or of the one that it transposes
   * @param inputGradient null where no gradient of the input is wanted
   */
  ConvLayer(
      LayerContext context,
      String name,
      boolean biased,
      Activation activation,
      Convolution geometry,
      boolean transposed,
      Tensor input,
      Tensor inputGradient) {
    backend = context.backend();
    this.geometry = geometry;
    this.transposed = transposed;
    int features = transposed ? geometry.inFeatures() : geometry.outFeatures();
    Tensor output = context.rows(features);
    t =
        new LayerTensors(
            input,
            context.value(name + ".weight"),
            biased ? context.value(name + ".bias") : null,
            activation,
            context.pre(activation, output),
            output,
            context.rows(features),
            context.gradient(name + ".weight"),
            biased ? context.gradient(name + ".bias") : null,
            inputGradient);
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
    if (transposed) {
      backend.transposedForward(rows, geometry, t);
    } else {
      backend.convolutionForward(rows, geometry, t);
    }
  }

  @Override
  public void backward(int rows) {
    if (transposed) {
      backend.transposedBackward(rows, geometry, t);
    } else {
      backend.convolutionBackward(rows, geometry, t);
    }
  }
}
