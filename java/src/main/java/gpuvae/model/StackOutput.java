package gpuvae.model;

import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.config.VaeConfig;

/** The output of a decoder that ends with any layer: what its layers have left. */
final class StackOutput extends Output {
  private final Tensor gradient;

  /**
   * Takes the decoder's output as it is.
   *
   * @param gradient where that of the output is put
   */
  StackOutput(
      LayerContext context,
      VaeConfig config,
      Tensor output,
      Tensor gradient,
      Tensor target,
      Tensor kl) {
    super(context, config, output, target, kl);
    this.gradient = gradient;
  }

  @Override
  void forward(int rows) {}

  @Override
  void forwardAndLoss(StepState state, int rows) {
    loss(rows, gradient);
    backend.sumLosses(state, rows, reconstruction, kl);
  }

  @Override
  Tensor gradient() {
    return gradient;
  }

  @Override
  void backward(int rows) {}
}
