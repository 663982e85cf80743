package gpuvae.backend.cuda;

import gpuvae.backend.NormTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.cuda.CudaFunction;

/** Instance norm and batch norm. */
final class NormKernels {
  /** Up to so many values of a plane a warp keeps, beyond a block takes it. */
  private static final int WARP_PLANE = 1024;

  private final Launcher launcher;
  private final Scratch scratch;
  private final CudaFunction instanceNorm;
  private final CudaFunction instanceNormLarge;
  private final CudaFunction instanceNormBackward;
  private final CudaFunction instanceNormBackwardLarge;
  private final CudaFunction batchNormStatistics;
  private final CudaFunction batchNorm;
  private final CudaFunction batchNormGradients;
  private final CudaFunction batchNormBackward;
  private final CudaFunction blendStatistics;

  NormKernels(Launcher launcher, KernelLibrary library, Scratch scratch) {
    this.launcher = launcher;
    this.scratch = scratch;
    instanceNorm = library.function("instance_norm");
    instanceNormLarge = library.function("instance_norm", "instance_norm_large");
    instanceNormBackward = library.function("instance_norm_backward");
    instanceNormBackwardLarge =
        library.function("instance_norm_backward", "instance_norm_backward_large");
    batchNormStatistics = library.function("batch_norm_statistics");
    batchNorm = library.function("batch_norm");
    batchNormGradients = library.function("batch_norm_backward", "batch_norm_gradients");
    batchNormBackward = library.function("batch_norm_backward");
    blendStatistics = library.function("blend_statistics");
  }

  void instanceNorm(int rows, NormTensors t) {
    Images images = Images.of(rows, t.x(), t.scale());
    boolean small = images.plane() <= WARP_PLANE;
    launcher
        .arguments()
        .putInt(images.planes())
        .putInt(images.channels())
        .putInt(images.plane())
        .putAddress(CudaStorage.floats(t.x()))
        .putAddress(CudaStorage.floats(t.scale()))
        .putAddress(CudaStorage.floats(t.shift()))
        .putAddress(CudaStorage.floatsOrNull(t.residual()))
        .putInt(t.activation().kind().ordinal())
        .putFloat(t.activation().slope())
        .putAddress(CudaStorage.floats(t.mean()))
        .putAddress(CudaStorage.floats(t.inverse()))
        .putAddress(CudaStorage.floats(t.pre()))
        .putAddress(CudaStorage.floats(t.y()));
    launcher.planes(small ? instanceNorm : instanceNormLarge, images.planes(), small);
  }

  void instanceNormBackward(int rows, NormTensors t) {
    Images images = Images.of(rows, t.x(), t.scale());
    boolean small = images.plane() <= WARP_PLANE;
    launcher
        .arguments()
        .putInt(images.planes())
        .putInt(images.channels())
        .putInt(images.plane())
        .putInt(t.activation().kind().ordinal())
        .putFloat(t.activation().slope())
        .putAddress(LayerKernels.operand(t.activation(), t.pre(), t.y()))
        .putAddress(CudaStorage.floats(t.dy()))
        .putAddress(CudaStorage.floats(t.x()))
        .putAddress(CudaStorage.floats(t.scale()))
        .putAddress(CudaStorage.floats(t.mean()))
        .putAddress(CudaStorage.floats(t.inverse()))
        .putAddress(CudaStorage.floats(t.scaleGradient()))
        .putAddress(CudaStorage.floats(t.shiftGradient()))
        .putAddress(CudaStorage.floats(t.dx()))
        .putAddress(scratch.sums(2L * images.planes()))
        .putAddress(scratch.tickets(images.channels()));
    launcher.planes(
        small ? instanceNormBackward : instanceNormBackwardLarge, images.planes(), small);
  }

  void batchNorm(int rows, NormTensors t) {
    Images images = Images.of(rows, t.x(), t.scale());
    launcher
        .arguments()
        .putInt(rows)
        .putInt(images.channels())
        .putInt(images.plane())
        .putAddress(CudaStorage.floats(t.x()))
        .putAddress(CudaStorage.floats(t.mean()))
        .putAddress(CudaStorage.floats(t.inverse()))
        .putAddress(scratch.sums(3L * images.channels() * images.chunks()))
        .putAddress(scratch.tickets(images.channels()));
    launcher.channels(batchNormStatistics, images.channels(), images.parts());
    normalise(images, t, t.mean(), t.inverse(), t.pre());
  }

  void batchNormInference(int rows, NormTensors t, Tensor running) {
    normalise(Images.of(rows, t.x(), t.scale()), t, running, null, t.y());
  }

  /**
   * By statistics.
   *
   * @param inverse null: from the variance of the statistics
   */
  private void normalise(
      Images images, NormTensors t, Tensor statistics, Tensor inverse, Tensor pre) {
    long mean = CudaStorage.floats(statistics);
    launcher
        .arguments()
        .putInt(images.planes())
        .putInt(images.channels())
        .putInt(images.plane())
        .putAddress(CudaStorage.floats(t.x()))
        .putAddress(CudaStorage.floats(t.scale()))
        .putAddress(CudaStorage.floats(t.shift()))
        .putAddress(CudaStorage.floatsOrNull(t.residual()))
        .putInt(t.activation().kind().ordinal())
        .putFloat(t.activation().slope())
        .putAddress(mean)
        .putAddress(mean + (long) Float.BYTES * images.channels())
        .putAddress(CudaStorage.floatsOrNull(inverse))
        .putAddress(CudaStorage.floats(pre))
        .putAddress(CudaStorage.floats(t.y()));
    launcher.rows(batchNorm, images.planes(), images.plane());
  }

  void batchNormBackward(int rows, NormTensors t) {
    Images images = Images.of(rows, t.x(), t.scale());
    launcher
        .arguments()
        .putInt(rows)
        .putInt(images.channels())
        .putInt(images.plane())
        .putInt(t.activation().kind().ordinal())
        .putFloat(t.activation().slope())
        .putAddress(LayerKernels.operand(t.activation(), t.pre(), t.y()))
        .putAddress(CudaStorage.floats(t.dy()))
        .putAddress(CudaStorage.floats(t.x()))
        .putAddress(CudaStorage.floats(t.mean()))
        .putAddress(CudaStorage.floats(t.inverse()))
        .putAddress(CudaStorage.floats(t.scaleGradient()))
        .putAddress(CudaStorage.floats(t.shiftGradient()))
        .putAddress(scratch.sums(2L * images.channels() * images.parts()))
        .putAddress(scratch.tickets(images.channels()));
    launcher.channels(batchNormGradients, images.channels(), images.parts());
    launcher
        .arguments()
        .putInt(images.planes())
        .putInt(images.channels())
        .putInt(images.plane())
        .putAddress(CudaStorage.floats(t.dy()))
        .putAddress(CudaStorage.floats(t.x()))
        .putAddress(CudaStorage.floats(t.scale()))
        .putAddress(CudaStorage.floats(t.mean()))
        .putAddress(CudaStorage.floats(t.inverse()))
        .putAddress(CudaStorage.floats(t.scaleGradient()))
        .putAddress(CudaStorage.floats(t.shiftGradient()))
        .putAddress(CudaStorage.floats(t.dx()));
    launcher.rows(batchNormBackward, images.planes(), images.plane());
  }

  void blendStatistics(StepState state, float momentum, Tensor batch, Tensor running) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putFloat(momentum)
        .putLong(running.size())
        .putAddress(CudaStorage.floats(batch))
        .putAddress(CudaStorage.floats(running));
    launcher.flat(blendStatistics, running.size());
  }
}
