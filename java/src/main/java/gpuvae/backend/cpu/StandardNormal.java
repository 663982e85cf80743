package gpuvae.backend.cpu;

import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;

/** Fills rows with standard normal noise. */
final class StandardNormal extends RowTask {
  /** Drawing a number costs as much as some sixteen of other operations. */
  private static final int COST = 16;

  private final Normal normal;
  private float[] z;
  private int zOffset;
  private int columns;

  StandardNormal(WorkerPool pool, Kernels kernels) {
    super(pool);
    normal = new Normal(kernels, pool.workers());
  }

  void run(StepState state, int rows, Tensor into) {
    normal.set(state);
    z = CpuStorage.floats(into);
    zOffset = (int) into.offset();
    columns = into.columns();
    runRows(rows, COST * columns);
  }

  @Override
  void rows(int from, int to, int worker) {
    normal.rows(from, to, z, zOffset, columns, worker);
  }
}
