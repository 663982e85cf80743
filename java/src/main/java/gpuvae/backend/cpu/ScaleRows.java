package gpuvae.backend.cpu;

import gpuvae.backend.Tensor;

/** Each row times its own factor. */
final class ScaleRows extends RowTask {
  private int columns;
  private float[] factors;
  private int factorsOffset;
  private float[] x;
  private int xOffset;

  ScaleRows(WorkerPool pool) {
    super(pool);
  }

  void run(int rows, Tensor rowFactors, Tensor values) {
    columns = values.columns();
    factors = CpuStorage.floats(rowFactors);
    factorsOffset = (int) rowFactors.offset();
    x = CpuStorage.floats(values);
    xOffset = (int) values.offset();
    runRows(rows, columns);
  }

  @Override
  void rows(int first, int last, int worker) {
    for (int row = first; row < last; row++) {
      float factor = factors[factorsOffset + row];
      int start = xOffset + row * columns;
      for (int i = start; i < start + columns; i++) {
        x[i] *= factor;
      }
    }
  }
}
