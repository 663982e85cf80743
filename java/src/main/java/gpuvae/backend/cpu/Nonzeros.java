package gpuvae.backend.cpu;

import gpuvae.backend.Tensor;

/**
 * Which columns of a matrix are not zero in both rows of a tile, so that a product may pass over
 * the others: fma with a zero changes no sum. Images are like that: two of MNIST's have 71% of
 * their pixels black in common, and of two pixels side by side 78% are.
 */
final class Nonzeros {
  /** Columns of tiles that are looked at before all of them are. */
  static final int SAMPLES = 64;

  /** A prime, so that samples lie everywhere. */
  private static final int STRIDE = 7919;

  /** Rows that are listed together. */
  private static final int MOST_ROWS = 256;

  private final MatrixKernels kernels;
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

  Nonzeros(MatrixKernels kernels, int workers) {
    this.kernels = kernels;
    turned = new float[workers][CacheLines.FLOATS * Depth.MOST];
    touched = new float[workers];
  }

  /**
   * Looks at some tiles of a matrix, [m, k] or as the transpose of [k, m].
   *
   * @return how many of {@link #SAMPLES} columns have something else than zeros
   */
  static int sample(Tensor matrix, boolean transposed, int m, int k) {
    float[] x = CpuStorage.floats(matrix);
    int offset = (int) matrix.offset();
    int rowStep = transposed ? 1 : matrix.columns();
    int columnStep = transposed ? matrix.columns() : 1;
    int found = 0;
    for (long i = 0; i < SAMPLES; i++) {
      long sample = i * STRIDE;
      int row =
          (int) (sample % Math.ceilDiv(m, MatrixKernels.SPARSE_ROWS)) * MatrixKernels.SPARSE_ROWS;
      int at = offset + row * rowStep + (int) (sample % k) * columnStep;
      boolean zero = x[at] == 0 && (row + 1 == m || x[at + rowStep] == 0);
      found += zero ? 0 : 1;
    }
    return found;
  }

  /**
   * Lists what is not zero in a matrix, by tiles and blocks of columns.
   *
   * @param pool shares the work
   * @param transpose whether the matrix is the transpose of [k, m]
   */
  void find(WorkerPool pool, Tensor matrix, boolean transpose, int m, int k, int columnsOfBlock) {
    x = CpuStorage.floats(matrix);
    offset = (int) matrix.offset();
    stride = matrix.columns();
    transposed = transpose;
    rows = m;
    columns = k;
    blockColumns = columnsOfBlock;
    blocks = Math.ceilDiv(columns, columnsOfBlock);
    int strips = Math.ceilDiv(rows, MOST_ROWS);
    stripRows = Math.ceilDiv(Math.ceilDiv(rows, strips), CacheLines.FLOATS) * CacheLines.FLOATS;
    int chunks = Math.ceilDiv(rows, stripRows) * blocks;
    room = stripRows / MatrixKernels.SPARSE_ROWS * blockColumns + MatrixKernels.SLACK;
    if (positions.length < chunks * room) {
      positions = new int[chunks * room];
      values = new float[chunks * room * MatrixKernels.SPARSE_ROWS];
    }
    int lists = Math.ceilDiv(rows, MatrixKernels.SPARSE_ROWS) * blocks;
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
    for (int row = from;
        row < to;
        row += MatrixKernels.SPARSE_ROWS, at += MatrixKernels.SPARSE_ROWS * step) {
      int second = row + 1 < to ? at + step : at;
      int number = row / MatrixKernels.SPARSE_ROWS * blocks + block;
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
    return firsts[row / MatrixKernels.SPARSE_ROWS * blocks + block];
  }

  /** How many there are. */
  int count(int row, int block) {
    return counts[row / MatrixKernels.SPARSE_ROWS * blocks + block];
  }
}
