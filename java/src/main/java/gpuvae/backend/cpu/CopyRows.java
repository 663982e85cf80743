package gpuvae.backend.cpu;

/** Copies a range, all workers together. */
final class CopyRows extends RowTask {
  private float[] from;
  private int fromOffset;
  private float[] to;
  private int toOffset;
  private int columns;

  CopyRows(WorkerPool pool) {
    super(pool);
  }

  void run(
      int rows, int rowLength, float[] source, int sourceOffset, float[] target, int targetOffset) {
    from = source;
    fromOffset = sourceOffset;
    to = target;
    toOffset = targetOffset;
    columns = rowLength;
    runRows(rows, rowLength);
  }

  @Override
  void rows(int first, int last, int worker) {
    System.arraycopy(
        from,
        fromOffset + first * columns,
        to,
        toOffset + first * columns,
        (last - first) * columns);
  }
}
