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
    rowsAPiece = rowsAPiece(elements);
    pool.run(this, pieces(count, elements));
  }

  /** How many pieces so many rows of so many elements are. */
  static int pieces(int count, int elements) {
    return Math.ceilDiv(count, rowsAPiece(elements));
  }

  private static int rowsAPiece(int elements) {
    return Math.max(1, ELEMENTS / Math.max(1, elements));
  }

  /** The number of the piece that begins with a row. */
  final int piece(int row) {
    return row / rowsAPiece;
  }

  @Override
  public final void run(int chunk, int worker) {
    int from = chunk * rowsAPiece;
    rows(from, Math.min(rows, from + rowsAPiece), worker);
  }

  /** Works on a range of rows. */
  abstract void rows(int from, int to, int worker);
}
