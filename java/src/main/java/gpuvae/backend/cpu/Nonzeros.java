package gpuvae.backend.cpu;

import gpuvae.backend.Tensor;

/**
 * Which columns of a matrix's rows are not zero throughout a tile, so that a product may pass over
 * the others: fma with a zero changes no sum. Images are like that: four of MNIST's have 61% of
 * their pixels black in common, and of four pixels side by side 72% are.
 */
final class Nonzeros {
  /** Columns of tiles looked at before all of them are. */
  private static final int SAMPLES = 64;

  /** Of those, so many may have something else than zeros where it is worth while. */
  private static final int ENOUGH = 48;

  /** A prime, so that samples lie everywhere. */
  private static final int STRIDE = 7919;

  /** Elements looked at together: whole tiles of three rows and of four. */
  private static final int WORD = 48;

  private final Kernels kernels;
  private final int tileRows;
  private final Task listRows = this::listRows;
  private final Task listColumns = this::listColumns;
  private final long[][] found;
  private int[] positions = {};
  private int[] counts = {};
  private float[] values = {};

  private float[] x;
  private int offset;
  private int stride;
  private boolean transposed;
  private int rows;
  private int columns;
  private int blockColumns;
  private int blocks;

  Nonzeros(Kernels kernels, int workers) {
    this.kernels = kernels;
    found = new long[workers][Depth.MOST];
    tileRows = kernels.tileRows();
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
      int row = (int) (sample % Math.ceilDiv(m, tileRows)) * tileRows;
      found += isZero(row, (int) (sample % k)) ? 0 : 1;
    }
    if (found > ENOUGH) {
      x = null;
    }
    return found <= ENOUGH;
  }

  private boolean isZero(int row, int column) {
    for (int i = row; i < Math.min(rows, row + tileRows); i++) {
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
    int tiles = Math.ceilDiv(rows, tileRows);
    if (positions.length < tiles * columns) {
      positions = new int[tiles * columns];
    }
    if (values.length < tiles * columns * tileRows) {
      values = new float[tiles * columns * tileRows];
    }
    if (counts.length < tiles * blocks) {
      counts = new int[tiles * blocks];
    }
    if (transposed) {
      pool.run(listColumns, Math.ceilDiv(rows, WORD));
    } else {
      pool.run(listRows, tiles);
    }
    x = null;
  }

  /** A tile, whose columns are side by side. */
  private void listRows(int tile, int worker) {
    int row = tile * tileRows;
    int end = Math.min(rows, row + tileRows);
    for (int block = 0; block < blocks; block++) {
      int start = block * blockColumns;
      int stop = Math.min(columns, start + blockColumns);
      int at = first(row, block);
      for (int column = start; column < stop; column += WORD) {
        int n = Math.min(WORD, stop - column);
        long found = 0;
        for (int i = row; i < end; i++) {
          found |= kernels.nonzeros(n, x, offset + i * stride + column);
        }
        for (; found != 0; found &= found - 1) {
          positions[at++] = column - start + Long.numberOfTrailingZeros(found);
        }
      }
      counts[tile * blocks + block] = at - first(row, block);
      copy(row, block, offset + row * stride + start, 1, stride);
    }
  }

  /** Tiles whose rows are side by side. */
  private void listColumns(int word, int worker) {
    int from = word * WORD;
    int n = Math.min(WORD, rows - from);
    for (int block = 0; block < blocks; block++) {
      int start = block * blockColumns;
      int stop = Math.min(columns, start + blockColumns);
      long[] found = this.found[worker];
      for (int column = start; column < stop; column++) {
        found[column - start] = tiles(kernels.nonzeros(n, x, offset + column * stride + from));
      }
      for (int row = from; row < from + n; row += tileRows) {
        int first = first(row, block);
        counts[row / tileRows * blocks + block] = list(found, stop - start, row - from, first);
        copy(row, block, offset + start * stride + row, stride, 1);
      }
    }
  }

  /** Lists the words that have a bit, and says how many. */
  private int list(long[] words, int n, int bit, int first) {
    int at = first;
    for (int i = 0; i < n; i++) {
      positions[at] = i;
      at += (int) (words[i] >>> bit) & 1;
    }
    return at - first;
  }

  /** Writes a tile's columns, which begin at {@code from}, with zeros below the last row. */
  private void copy(int row, int block, int from, int columnStep, int rowStep) {
    int first = first(row, block);
    int count = count(row, block);
    int present = Math.min(tileRows, rows - row);
    if (present == 4) {
      copyFour(first, count, from, columnStep, rowStep);
      return;
    }
    for (int i = first; i < first + count; i++) {
      int at = from + positions[i] * columnStep;
      for (int j = 0; j < tileRows; j++) {
        values[i * tileRows + j] = j < present ? x[at + j * rowStep] : 0;
      }
    }
  }

  private void copyFour(int first, int count, int from, int columnStep, int rowStep) {
    for (int i = first, to = 4 * first; i < first + count; i++, to += 4) {
      int at = from + positions[i] * columnStep;
      values[to] = x[at];
      values[to + 1] = x[at + rowStep];
      values[to + 2] = x[at + 2 * rowStep];
      values[to + 3] = x[at + 3 * rowStep];
    }
  }

  /** The first bit of each tile: whether any of its bits is set. */
  private long tiles(long bits) {
    return tileRows == 4
        ? (bits | bits >>> 1 | bits >>> 2 | bits >>> 3) & 0x1111_1111_1111L
        : (bits | bits >>> 1 | bits >>> 2) & 0x2492_4924_9249L;
  }

  /** Columns found, counted from their block's first. */
  int[] positions() {
    return positions;
  }

  /** Their elements, a tile's rows side by side. */
  float[] values() {
    return values;
  }

  /** Where a tile's columns of a block begin in {@link #positions}. */
  int first(int row, int block) {
    return row / tileRows * columns + block * blockColumns;
  }

  /** How many there are. */
  int count(int row, int block) {
    return counts[row / tileRows * blocks + block];
  }
}
