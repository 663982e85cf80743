package gpuvae.model;

import gpuvae.backend.Backend;
import gpuvae.backend.Tensor;
import gpuvae.config.Shape;

/** Every pixel becomes 2 x 2. */
final class UpsampleLayer implements Layer {
  private final Backend backend;
  private final int height;
  private final int width;
  private final Tensor input;
  private final Tensor inputGradient;
  private final Tensor output;
  private final Tensor outputGradient;

  /**
   * A layer with an output of its own.
   *
   * @param inputGradient null where no gradient of the input is wanted
   */
  UpsampleLayer(LayerContext context, Shape shape, Tensor input, Tensor inputGradient) {
    backend = context.backend();
    height = shape.height();
    width = shape.width();
    this.input = input;
    this.inputGradient = inputGradient;
    output = context.rows(4 * shape.features());
    outputGradient = context.rows(4 * shape.features());
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
    backend.images().upsample(rows, height, width, input, output);
  }

  @Override
  public void backward(int rows) {
    if (inputGradient != null) {
      backend.images().upsampleBackward(rows, height, width, outputGradient, inputGradient);
    }
  }
}
