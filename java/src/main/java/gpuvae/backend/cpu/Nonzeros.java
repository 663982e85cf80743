package gpuvae.backend.cpu;

import gpuvae.backend.Tensor;

/**
 * Which columns of a matrix are not zero in both rows of a tile, so that a product may pass over
 * the others: fma with a zero changes no sum. Images are like that: two of MNIST's have 71% of
 * their pixels black in common, and of two pixels side by side 78% are.
 */
final class Nonzeros {
  /** Columns of tiles looked at before all of them are. */
  private static final int SAMPLES = 64;

  /** Of those, so many may have something else than zeros where it is worth while. */
  private static final int ENOUGH = 48;

  /** A prime, so that samples lie everywhere. */
  private static final int STRIDE = 7919;

  /** Rows that are listed together. */
  private static final int MOST_ROWS = 256;

  private final Kernels kernels;
  private final Task list = this::list;
  private final float[][] turned;
  private final float[] touched;
  private int[] positions = {};
  private int[] counts = {};
  private int[] firsts = {};
  private float[] values = {};

  private float[] x;
  private int offset;
  private int stride;
  private boolean transposed;
  private int rows;
  private int columns;
  private int stripRows;

  /** Places in the lists for each chunk of work. */
  private int room;

  private int blockColumns;
  private int blocks;

  Nonzeros(Kernels kernels, int workers) {
    this.kernels = kernels;
    turned = new float[workers][CacheLines.FLOATS * Depth.MOST];
    touched = new float[workers];
  }

  /**
   * Names a matrix, [m, k] or as the transpose of [k, m].
   *
   * @return whether it is worth while to {@link #find} its zeros
   */
  boolean look(Tensor matrix, boolean transpose, int m, int k) {
    x = CpuStorage.floats(matrix);
    offset = (int) matrix.offset();
    stride = matrix.columns();
    transposed = transpose;
    rows = m;
    columns = k;
    int found = 0;
    for (long i = 0; i < SAMPLES; i++) {
      long sample = i * STRIDE;
      int row = (int) (sample % Math.ceilDiv(m, Kernels.SPARSE_ROWS)) * Kernels.SPARSE_ROWS;
      found += isZero(row, (int) (sample % k)) ? 0 : 1;
    }
    if (found > ENOUGH) {
      x = null;
    }
    return found <= ENOUGH;
  }

  private boolean isZero(int row, int column) {
    for (int i = row; i < Math.min(rows, row + Kernels.SPARSE_ROWS); i++) {
      if (x[offset + (transposed ? column * stride + i : i * stride + column)] != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Lists what is not zero in the matrix looked at, by tiles and blocks of so many columns.
   *
   * @param pool shares the work
   */
  void find(WorkerPool pool, int columnsOfBlock) {
    blockColumns = columnsOfBlock;
    blocks = Math.ceilDiv(columns, columnsOfBlock);
    int strips = Math.ceilDiv(rows, MOST_ROWS);
    stripRows = Math.ceilDiv(Math.ceilDiv(rows, strips), CacheLines.FLOATS) * CacheLines.FLOATS;
    int chunks = Math.ceilDiv(rows, stripRows) * blocks;
    room = stripRows / Kernels.SPARSE_ROWS * blockColumns + Kernels.SLACK;
    if (positions.length < chunks * room) {
      positions = new int[chunks * room];
      values = new float[chunks * room * Kernels.SPARSE_ROWS];
    }
    int lists = Math.ceilDiv(rows, Kernels.SPARSE_ROWS) * blocks;
    if (counts.length < lists) {
      counts = new int[lists];
      firsts = new int[lists];
    }
    pool.run(list, chunks);
    x = null;
  }

  /** A block of some rows. One that is transposed is turned first, in the order of memory. */
  private void list(int chunk, int worker) {
    int block = chunk % blocks;
    int from = chunk / blocks * stripRows;
    int to = Math.min(rows, from + stripRows);
    int start = block * blockColumns;
    int n = Math.min(blockColumns, columns - start);
    int end = chunk * room;
    if (!transposed) {
      list(block, from, to, n, x, offset + from * stride + start, stride, end);
      return;
    }
    float sum = 0;
    for (int i = start; i < start + n; i++) {
      sum += CacheLines.touch(x, offset + i * stride + from, to - from);
    }
    touched[worker] = sum;
    for (int row = from; row < to; row += CacheLines.FLOATS) {
      int count = Math.min(CacheLines.FLOATS, to - row);
      kernels.transpose(n, count, x, offset + start * stride + row, stride, turned[worker], 0, n);
      end = list(block, row, row + count, n, turned[worker], 0, n, end);
    }
  }

  /**
   * Lists rows whose n elements of the block lie in {@code source}.
   *
   * @param end where the first list begins
   * @return where the last one ends
   */
  private int list(int block, int from, int to, int n, float[] source, int at, int step, int end) {
    for (int row = from; row < to; row += Kernels.SPARSE_ROWS, at += Kernels.SPARSE_ROWS * step) {
      int second = row + 1 < to ? at + step : at;
      int number = row / Kernels.SPARSE_ROWS * blocks + block;
      int count = kernels.nonzeros(0, n, source, at, second, positions, end, values, valueStride());
      firsts[number] = end;
      counts[number] = count;
      end += count;
    }
    return end;
  }

  /** Columns found, counted from their block's first. */
  int[] positions() {
    return positions;
  }

  /** Their elements: those of a tile's first row are where {@link #positions} are. */
  float[] values() {
    return values;
  }

  /** Between a tile's rows in {@link #values}. */
  int valueStride() {
    return positions.length;
  }

  /** Where a tile's columns of a block begin. */
  int first(int row, int block) {
    return firsts[row / Kernels.SPARSE_ROWS * blocks + block];
  }

  /** How many there are. */
  int count(int row, int block) {
    return counts[row / Kernels.SPARSE_ROWS * blocks + block];
  }
}
