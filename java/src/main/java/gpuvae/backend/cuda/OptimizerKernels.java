package gpuvae.backend.cuda;

import gpuvae.backend.AdamSettings;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.cuda.CudaFunction;

/** The end of a step. */
final class OptimizerKernels {
  /** Elements a block of the norm sums, and its most blocks: part of the order of the sum. */
  private static final int NORM_SHARE = 4096;

  private final Launcher launcher;
  private final Scratch scratch;
  private final CudaFunction gradientNorm;
  private final CudaFunction adam;
  private final CudaFunction advance;
  private final CudaFunction adamAdvance;

  OptimizerKernels(Launcher launcher, KernelLibrary library, Scratch scratch) {
    this.launcher = launcher;
    this.scratch = scratch;
    gradientNorm = library.function("gradient_norm");
    adam = library.function("adam");
    advance = library.function("advance");
    adamAdvance = library.function("adam", "adam_advance");
  }

  void gradientNorm(StepState state, Tensor gradients) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putLong(gradients.size())
        .putAddress(CudaStorage.floats(gradients))
        .putAddress(scratch.squares())
        .putAddress(scratch.ticket());
    long blocks = Math.ceilDiv(gradients.size(), NORM_SHARE);
    launcher.blocks(gradientNorm, Math.min(blocks, Scratch.SQUARES));
  }

  void adam(
      StepState state,
      AdamSettings settings,
      Tensor parameters,
      Tensor gradients,
      Tensor firstMoment,
      Tensor secondMoment) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putDouble(settings.beta1())
        .putDouble(settings.beta2())
        .putDouble(settings.epsilon())
        .putDouble(settings.weightDecay())
        .putDouble(settings.clipNorm())
        .putInt(settings.decoupled() ? 1 : 0)
        .putLong(parameters.size())
        .putAddress(CudaStorage.floats(parameters))
        .putAddress(CudaStorage.floats(gradients))
        .putAddress(CudaStorage.floats(firstMoment))
        .putAddress(CudaStorage.floats(secondMoment));
    launcher.flat(adam, parameters.size());
  }

  void advance(StepState state, AdamSettings settings, int rows) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putAddress(CudaStorage.address(state.ring()))
        .putDouble(settings.beta1())
        .putDouble(settings.beta2())
        .putInt(rows);
    launcher.single(advance);
  }

  void adamAdvance(
      StepState state,
      AdamSettings settings,
      int rows,
      Tensor parameters,
      Tensor gradients,
      Tensor firstMoment,
      Tensor secondMoment) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putAddress(CudaStorage.address(state.ring()))
        .putDouble(settings.beta1())
        .putDouble(settings.beta2())
        .putDouble(settings.epsilon())
        .putDouble(settings.weightDecay())
        .putDouble(settings.clipNorm())
        .putInt(settings.decoupled() ? 1 : 0)
        .putInt(rows)
        .putLong(parameters.size())
        .putAddress(CudaStorage.floats(parameters))
        .putAddress(CudaStorage.floats(gradients))
        .putAddress(CudaStorage.floats(firstMoment))
        .putAddress(CudaStorage.floats(secondMoment))
        .putAddress(scratch.ticket());
    launcher.flat(adamAdvance, parameters.size());
  }
}
