package gpuvae.backend.cpu;

import gpuvae.backend.Tensor;

/** Each row several times, one after the other. */
final class RepeatRows extends RowTask {
  private int times;
  private int columns;
  private float[] from;
  private int fromOffset;
  private float[] to;
  private int toOffset;

  RepeatRows(WorkerPool pool) {
    super(pool);
  }

  void run(int rows, int samples, Tensor source, Tensor destination) {
    times = samples;
    columns = source.columns();
    from = CpuStorage.floats(source);
    fromOffset = (int) source.offset();
    to = CpuStorage.floats(destination);
    toOffset = (int) destination.offset();
    runRows(rows * samples, columns);
  }

  @Override
  void rows(int first, int last, int worker) {
    for (int row = first; row < last; row++) {
      int source = fromOffset + row / times * columns;
      System.arraycopy(from, source, to, toOffset + row * columns, columns);
    }
  }
}
