package gpuvae.backend.cuda;

import gpuvae.backend.ObjectiveOperations;
import gpuvae.backend.PosteriorTensors;
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
  public void freeBits(int rows, double nats, PosteriorTensors t) {
    launcher
        .arguments()
        .putInt(rows)
        .putInt(t.dz().columns())
        .putInt(t.head().ordinal())
        .putDouble(nats)
        .putAddress(CudaStorage.floats(t.heads()))
        .putAddress(CudaStorage.floats(t.eps()))
        .putAddress(CudaStorage.floats(t.sigma()))
        .putAddress(CudaStorage.floats(t.dz()))
        .putAddress(CudaStorage.floats(t.dHeads()));
    launcher.strips(freeBits, t.dz().columns());
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
      PosteriorTensors t,
      Tensor weights,
      Tensor losses,
      Tensor divergences) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putInt(samples)
        .putInt(t.z().columns())
        .putAddress(CudaStorage.floats(reconstruction))
        .putAddress(CudaStorage.floats(t.kl()))
        .putAddress(CudaStorage.floats(t.eps()))
        .putAddress(CudaStorage.floats(t.sigma()))
        .putAddress(CudaStorage.floats(t.z()))
        .putAddress(CudaStorage.floats(weights))
        .putAddress(CudaStorage.floats(losses))
        .putAddress(CudaStorage.floats(divergences));
    launcher.blocks(importanceWeights, Math.ceilDiv(rows, ROWS_A_BLOCK));
  }

  @Override
  public void importanceBackward(StepState state, int rows, PosteriorTensors t, Tensor weights) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putInt(t.z().columns())
        .putInt(t.head().ordinal())
        .putAddress(CudaStorage.floats(t.heads()))
        .putAddress(CudaStorage.floats(t.eps()))
        .putAddress(CudaStorage.floats(t.sigma()))
        .putAddress(CudaStorage.floats(t.z()))
        .putAddress(CudaStorage.floats(weights))
        .putAddress(CudaStorage.floats(t.dz()))
        .putAddress(CudaStorage.floats(t.dHeads()));
    launcher.rows(importanceBackward, rows, t.z().columns());
  }
}
