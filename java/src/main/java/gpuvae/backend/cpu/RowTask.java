package gpuvae.backend.cpu;

/** A task over rows, several a piece: how many depends on their length alone. */
abstract class RowTask implements Task {
  private static final int ELEMENTS = 1 << 13;

  private final WorkerPool pool;
  private int rows;
  private int rowsAPiece;

  RowTask(WorkerPool pool) {
    this.pool = pool;
  }

  /** Works on so many rows of so many elements. */
  final void runRows(int count, int elements) {
    rows = count;
    rowsAPiece = Math.max(1, ELEMENTS / Math.max(1, elements));
    pool.run(this, Math.ceilDiv(rows, rowsAPiece));
  }

  @Override
  public final void run(int chunk, int worker) {
    int from = chunk * rowsAPiece;
    rows(from, Math.min(rows, from + rowsAPiece), worker);
  }

  /** Works on a range of rows. */
  abstract void rows(int from, int to, int worker);
}
