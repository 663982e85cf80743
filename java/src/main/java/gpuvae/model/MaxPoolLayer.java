package gpuvae.model;

import gpuvae.backend.Backend;
import gpuvae.backend.Tensor;
import gpuvae.config.LayerConfig;
import gpuvae.config.Shape;

/** The largest value of each window. */
final class MaxPoolLayer implements Layer {
  private final Backend backend;
  private final int height;
  private final int width;
  private final int size;
  private final Tensor input;
  private final Tensor inputGradient;
  private final Tensor indices;
  private final Tensor output;
  private final Tensor outputGradient;

  /**
   * A layer with an output of its own.
   *
   * @param inputGradient null where no gradient of the input is wanted
   */
  MaxPoolLayer(
      LayerContext context,
      LayerConfig.MaxPool config,
      Shape shape,
      Tensor input,
      Tensor inputGradient) {
    backend = context.backend();
    height = shape.height();
    width = shape.width();
    size = config.size();
    this.input = input;
    this.inputGradient = inputGradient;
    int features = config.output(shape).features();
    indices = context.workspace().bytes(features);
    output = context.rows(features);
    outputGradient = context.rows(features);
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
    backend.images().maxPool(rows, height, width, size, input, output, indices);
  }

  @Override
  public void backward(int rows) {
    if (inputGradient != null) {
      backend
          .images()
          .maxPoolBackward(rows, height, width, size, indices, outputGradient, inputGradient);
    }
  }
}
