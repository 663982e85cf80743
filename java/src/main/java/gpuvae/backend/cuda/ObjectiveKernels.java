package gpuvae.backend.cuda;

import gpuvae.backend.ObjectiveOperations;
import gpuvae.backend.PosteriorHead;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.cuda.CudaFunction;

/** Free bits and the importance-weighted bound. */
final class ObjectiveKernels implements ObjectiveOperations {
  private static final int ROWS_A_BLOCK = 8;

  private final Launcher launcher;
  private final CudaFunction freeBits;
  private final CudaFunction repeatRows;
  private final CudaFunction scaleRows;
  private final CudaFunction importanceWeights;
  private final CudaFunction importanceBackward;

  ObjectiveKernels(Launcher launcher, KernelLibrary library) {
    this.launcher = launcher;
    freeBits = library.function("free_bits");
    repeatRows = library.function("repeat_rows");
    scaleRows = library.function("scale_rows");
    importanceWeights = library.function("importance_weights");
    importanceBackward = library.function("importance_backward");
  }

  @Override
  public void freeBits(
      int rows,
      PosteriorHead head,
      double nats,
      Tensor heads,
      Tensor eps,
      Tensor sigma,
      Tensor dz,
      Tensor dHeads) {
    launcher
        .arguments()
        .putInt(rows)
        .putInt(dz.columns())
        .putInt(head.ordinal())
        .putDouble(nats)
        .putAddress(CudaStorage.floats(heads))
        .putAddress(CudaStorage.floats(eps))
        .putAddress(CudaStorage.floats(sigma))
        .putAddress(CudaStorage.floats(dz))
        .putAddress(CudaStorage.floats(dHeads));
    launcher.strips(freeBits, dz.columns());
  }

  @Override
  public void repeatRows(int rows, int samples, Tensor source, Tensor destination) {
    launcher
        .arguments()
        .putInt(rows * samples)
        .putInt(source.columns())
        .putInt(samples)
        .putAddress(CudaStorage.floats(source))
        .putAddress(CudaStorage.floats(destination));
    launcher.rows(repeatRows, rows * samples, source.columns());
  }

  @Override
  public void scaleRows(int rows, Tensor factors, Tensor x) {
    launcher
        .arguments()
        .putInt(rows)
        .putInt(x.columns())
        .putAddress(CudaStorage.floats(factors))
        .putAddress(CudaStorage.floats(x));
    launcher.rows(scaleRows, rows, x.columns());
  }

  @Override
  public void importanceWeights(
      StepState state,
      int rows,
      int samples,
      Tensor reconstruction,
      Tensor kl,
      Tensor eps,
      Tensor sigma,
      Tensor z,
      Tensor weights,
      Tensor losses,
      Tensor divergences) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putInt(samples)
        .putInt(z.columns())
        .putAddress(CudaStorage.floats(reconstruction))
        .putAddress(CudaStorage.floats(kl))
        .putAddress(CudaStorage.floats(eps))
        .putAddress(CudaStorage.floats(sigma))
        .putAddress(CudaStorage.floats(z))
        .putAddress(CudaStorage.floats(weights))
        .putAddress(CudaStorage.floats(losses))
        .putAddress(CudaStorage.floats(divergences));
    launcher.blocks(importanceWeights, Math.ceilDiv(rows, ROWS_A_BLOCK));
  }

  @Override
  public void importanceBackward(
      StepState state,
      int rows,
      PosteriorHead head,
      Tensor heads,
      Tensor eps,
      Tensor sigma,
      Tensor z,
      Tensor weights,
      Tensor dz,
      Tensor dHeads) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putInt(z.columns())
        .putInt(head.ordinal())
        .putAddress(CudaStorage.floats(heads))
        .putAddress(CudaStorage.floats(eps))
        .putAddress(CudaStorage.floats(sigma))
        .putAddress(CudaStorage.floats(z))
        .putAddress(CudaStorage.floats(weights))
        .putAddress(CudaStorage.floats(dz))
        .putAddress(CudaStorage.floats(dHeads));
    launcher.rows(importanceBackward, rows, z.columns());
  }
}
