package gpuvae.backend.cuda;

import gpuvae.backend.AdamSettings;
import gpuvae.backend.AdamTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.cuda.CudaFunction;

/** The end of a step. */
final class OptimizerKernels {
  /** Elements a block of the norm sums, and its most blocks: part of the order of the sum. */
  private static final int NORM_SHARE = 4096;

  /** Elements a block of Adam updates, and its most blocks. */
  private static final int UPDATE_SHARE = 1024;

  private static final int MAX_UPDATES = 65_000;

  private final Launcher launcher;
  private final Scratch scratch;
  private final CudaFunction gradientNorm;
  private final CudaFunction adam;
  private final CudaFunction advance;
  private final CudaFunction optimizerStep;

  OptimizerKernels(Launcher launcher, KernelLibrary library, Scratch scratch) {
    this.launcher = launcher;
    this.scratch = scratch;
    gradientNorm = library.function("gradient_norm");
    adam = library.function("adam");
    advance = library.function("advance");
    optimizerStep = library.function("optimizer_step");
  }

  void gradientNorm(StepState state, Tensor gradients) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putLong(gradients.size())
        .putAddress(CudaStorage.floats(gradients))
        .putAddress(scratch.squares())
        .putAddress(scratch.ticket());
    launcher.blocks(gradientNorm, shares(gradients.size()));
  }

  private static long shares(long gradients) {
    return Math.min(Math.ceilDiv(gradients, NORM_SHARE), Scratch.SQUARES);
  }

  void adam(StepState state, AdamSettings settings, AdamTensors t) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putDouble(settings.beta1())
        .putDouble(settings.beta2())
        .putDouble(settings.epsilon())
        .putDouble(settings.weightDecay())
        .putDouble(settings.clipNorm())
        .putInt(settings.decoupled() ? 1 : 0)
        .putLong(t.parameters().size())
        .putAddress(CudaStorage.floats(t.parameters()))
        .putAddress(CudaStorage.floats(t.gradients()))
        .putAddress(CudaStorage.floats(t.firstMoment()))
        .putAddress(CudaStorage.floats(t.secondMoment()));
    launcher.flat(adam, t.parameters().size());
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

  /** All three in one launch. */
  void optimizerStep(StepState state, AdamSettings settings, int rows, AdamTensors t) {
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
        .putLong(t.parameters().size())
        .putAddress(CudaStorage.floats(t.parameters()))
        .putAddress(CudaStorage.floats(t.gradients()))
        .putAddress(CudaStorage.floats(t.firstMoment()))
        .putAddress(CudaStorage.floats(t.secondMoment()))
        .putAddress(scratch.squares())
        .putAddress(scratch.ticket());
    long updates = Math.min(Math.ceilDiv(t.parameters().size(), UPDATE_SHARE), MAX_UPDATES);
    launcher.blocks(optimizerStep, shares(t.gradients().size()) + updates);
  }
}
