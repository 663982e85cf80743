package gpuvae.backend.cuda;

import gpuvae.backend.Activation;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.cuda.CudaFunction;

/** Losses, their gradients and sums. */
final class LossKernels {
  private final Launcher launcher;
  private final Scratch scratch;
  private final CudaFunction bernoulliLoss;
  private final CudaFunction squaredErrorLoss;
  private final CudaFunction sumLosses;
  private final CudaFunction bernoulliOutput;
  private final CudaFunction squaredErrorOutput;

  LossKernels(Launcher launcher, KernelLibrary library, Scratch scratch) {
    this.launcher = launcher;
    this.scratch = scratch;
    bernoulliLoss = library.function("bernoulli_loss");
    squaredErrorLoss = library.function("squared_error_loss");
    sumLosses = library.function("sum_losses");
    bernoulliOutput = library.function("output_loss", "bernoulli_output");
    squaredErrorOutput = library.function("output_loss", "squared_error_output");
  }

  void bernoulliLoss(int rows, Tensor logits, Tensor target, Tensor gradient, Tensor perRow) {
    launcher
        .arguments()
        .putInt(rows)
        .putInt(logits.columns())
        .putAddress(CudaStorage.floats(logits))
        .putAddress(CudaStorage.floats(target))
        .putAddress(CudaStorage.floatsOrNull(gradient))
        .putAddress(CudaStorage.floats(perRow));
    launcher.blocks(bernoulliLoss, rows);
  }

  void squaredErrorLoss(
      int rows, Tensor pre, Activation output, Tensor target, Tensor gradient, Tensor perRow) {
    launcher
        .arguments()
        .putInt(rows)
        .putInt(pre.columns())
        .putAddress(CudaStorage.floats(pre))
        .putInt(output.kind().ordinal())
        .putAddress(CudaStorage.floats(target))
        .putAddress(CudaStorage.floatsOrNull(gradient))
        .putAddress(CudaStorage.floats(perRow));
    launcher.blocks(squaredErrorLoss, rows);
  }

  void sumLosses(StepState state, int rows, Tensor reconstruction, Tensor kl) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putAddress(CudaStorage.floats(reconstruction))
        .putAddress(CudaStorage.floatsOrNull(kl));
    launcher.blocks(sumLosses, 1);
  }

  /** Bias, loss, gradient in the place of {@code pre}, bias gradient and sums. */
  void bernoulliOutput(
      StepState state,
      int rows,
      Tensor pre,
      Tensor bias,
      Tensor target,
      Tensor kl,
      Tensor biasGradient,
      Tensor perRow) {
    int columns = pre.columns();
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putInt(columns)
        .putAddress(CudaStorage.floats(pre))
        .putAddress(CudaStorage.floatsOrNull(bias))
        .putAddress(CudaStorage.floats(target))
        .putAddress(CudaStorage.floatsOrNull(kl))
        .putAddress(CudaStorage.floats(pre))
        .putAddress(CudaStorage.floatsOrNull(biasGradient))
        .putAddress(CudaStorage.floats(perRow))
        .putAddress(scratch.sums((long) rows * Math.ceilDiv(columns, 32)))
        .putAddress(scratch.ticket());
    launcher.strips(bernoulliOutput, columns);
  }

  /** The same with the squared error. */
  void squaredErrorOutput(
      StepState state,
      int rows,
      Tensor pre,
      Tensor bias,
      Activation output,
      Tensor target,
      Tensor kl,
      Tensor biasGradient,
      Tensor perRow) {
    int columns = pre.columns();
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putInt(columns)
        .putAddress(CudaStorage.floats(pre))
        .putAddress(CudaStorage.floatsOrNull(bias))
        .putInt(output.kind().ordinal())
        .putAddress(CudaStorage.floats(target))
        .putAddress(CudaStorage.floatsOrNull(kl))
        .putAddress(CudaStorage.floats(pre))
        .putAddress(CudaStorage.floatsOrNull(biasGradient))
        .putAddress(CudaStorage.floats(perRow))
        .putAddress(scratch.sums((long) rows * Math.ceilDiv(columns, 32)))
        .putAddress(scratch.ticket());
    launcher.strips(squaredErrorOutput, columns);
  }
}
