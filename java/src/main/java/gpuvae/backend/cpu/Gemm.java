package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;

/**
 * The matrix product, after Goto and van de Geijn ("Anatomy of high-performance matrix
 * multiplication", 2008): B is packed into panels as wide as a register tile, which a block of rows
 * of A then meets while it is in the second-level cache. All workers pack, then all compute.
 */
final class Gemm {
  /** Longest chain of fma: a panel of this depth stays in the first-level cache. */
  static final int DEPTH = 280;

  /** Rows of A that meet a panel while it is in the first-level cache. */
  private static final int BLOCK_ROWS = 96;

  /** Floats of B that are packed at a time, at most (if a row of B is not longer). */
  private static final int PACKED_FLOATS = 1 << 22;

  /** Multiplications below which other workers are not called. */
  private static final int SMALL = 1 << 16;

  private final WorkerPool pool;
  private final Kernels kernels;
  private final int width;
  private final float[][] tiles;
  private final Task pack = this::pack;
  private final Task multiply = this::multiply;
  private float[] packedA = {};
  private float[] packedB = {};

  // The product under way.
  private float[] a;
  private float[] b;
  private float[] c;
  private int aOffset;
  private int aStride;
  private int bOffset;
  private int bStride;
  private int cOffset;
  private int cStride;
  private boolean transposeA;
  private boolean transposeB;
  private boolean accumulate;
  private int m;
  private int n;
  private int k;
  private int fromColumn;
  private int toColumn;
  private int panels;
  private int rowBlocks;
  private Tensor bias;
  private Activation activation;

  Gemm(WorkerPool pool, Kernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
    width = kernels.tileColumns();
    tiles = new float[pool.workers()][Kernels.TILE_ROWS * width];
  }

  /**
   * C = (C +) op(A) op(B), then, if there is a bias, C = activation(C + bias).
   *
   * @param bias F32 [n], or null
   * @param activation one that does not need its input; only with a bias
   */
  void run(
      Tensor left,
      boolean transposeLeft,
      Tensor right,
      boolean transposeRight,
      int rows,
      int columns,
      int depth,
      Tensor result,
      boolean add,
      Tensor rowBias,
      Activation function) {
    a = CpuStorage.floats(left);
    aOffset = (int) left.offset();
    transposeA = transposeLeft;
    b = CpuStorage.floats(right);
    bOffset = (int) right.offset();
    bStride = right.columns();
    transposeB = transposeRight;
    c = CpuStorage.floats(result);
    cOffset = (int) result.offset();
    cStride = result.columns();
    m = rows;
    n = columns;
    k = depth;
    accumulate = add;
    bias = rowBias;
    activation = function;
    rowBlocks = Math.ceilDiv(m, BLOCK_ROWS);
    aStride = left.columns();
    int pass = Math.max(1, PACKED_FLOATS / width / Math.max(1, k)) * width;
    for (fromColumn = 0; fromColumn < n; fromColumn = toColumn) {
      toColumn = Math.min(n, fromColumn + pass);
      panels = Math.ceilDiv(toColumn - fromColumn, width);
      reserve();
      run(pack, transposeA && fromColumn == 0 ? panels + rowBlocks : panels);
      run(multiply, panels * rowBlocks);
    }
    a = null;
    b = null;
    c = null;
    bias = null;
  }

  private void run(Task task, int chunks) {
    if ((long) m * n * k < SMALL) {
      for (int chunk = 0; chunk < chunks; chunk++) {
        task.run(chunk, 0);
      }
    } else {
      pool.run(task, chunks);
    }
  }

  /** Buffers grow with the largest product seen, and stay. */
  private void reserve() {
    int needed = panels * width * k;
    if (packedB.length < needed) {
      packedB = new float[needed];
    }
    if (transposeA && packedA.length < m * k) {
      packedA = new float[m * k];
    }
  }

  /** Packs one panel of B, or, after these, makes one block of a transposed A's rows contiguous. */
  private void pack(int chunk, int worker) {
    if (chunk >= panels) {
      int from = blockStart(chunk - panels);
      int to = blockStart(chunk - panels + 1);
      kernels.transpose(k, to - from, a, aOffset + from, aStride, packedA, from * k, k);
      return;
    }
    int column = fromColumn + chunk * width;
    int columns = Math.min(width, toColumn - column);
    int to = chunk * width * k;
    if (transposeB) {
      kernels.transpose(columns, k, b, bOffset + column * bStride, bStride, packedB, to, width);
    } else {
      for (int l = 0; l < k; l++) {
        System.arraycopy(b, bOffset + l * bStride + column, packedB, to + l * width, columns);
      }
    }
  }

  /** The first row of a block: blocks are whole tiles, as equal as can be. */
  private int blockStart(int block) {
    long rowTiles = Math.ceilDiv(m, Kernels.TILE_ROWS);
    return Math.min(m, (int) (rowTiles * block / rowBlocks) * Kernels.TILE_ROWS);
  }

  /** One block of rows times one panel. */
  private void multiply(int chunk, int worker) {
    int panel = chunk % panels;
    int from = blockStart(chunk / panels);
    int to = blockStart(chunk / panels + 1);
    int column = fromColumn + panel * width;
    int columns = Math.min(width, toColumn - column);
    int blocks = Math.max(1, Math.ceilDiv(k, DEPTH));
    for (int block = 0; block < blocks; block++) {
      int start = (int) ((long) k * block / blocks);
      int depth = (int) ((long) k * (block + 1) / blocks) - start;
      boolean add = accumulate || block > 0;
      int panelStart = (panel * k + start) * width;
      for (int row = from; row < to; row += Kernels.TILE_ROWS) {
        int rows = Math.min(Kernels.TILE_ROWS, to - row);
        if (columns == width) {
          tile(
              row,
              start,
              depth,
              panelStart,
              c,
              cOffset + row * cStride + column,
              cStride,
              rows,
              add);
        } else {
          float[] tile = tiles[worker];
          tile(row, start, depth, panelStart, tile, 0, width, rows, false);
          copyTile(tile, rows, columns, cOffset + row * cStride + column, add);
        }
      }
    }
    if (bias != null) {
      float[] values = CpuStorage.floats(bias);
      int biasStart = (int) bias.offset() + column;
      for (int row = from; row < to; row++) {
        int start = cOffset + row * cStride + column;
        kernels.biasActivation(columns, c, start, values, biasStart, activation, c, start);
      }
    }
  }

  private void tile(
      int row,
      int start,
      int depth,
      int panelStart,
      float[] target,
      int targetStart,
      int targetStride,
      int rows,
      boolean add) {
    float[] left = transposeA ? packedA : a;
    int stride = transposeA ? k : aStride;
    // Rows beyond the last are computed again, and not stored.
    int a0 = (transposeA ? 0 : aOffset) + row * stride + start;
    int a1 = rows > 1 ? a0 + stride : a0;
    int a2 = rows > 2 ? a1 + stride : a1;
    kernels.tile(
        depth, left, a0, a1, a2, packedB, panelStart, target, targetStart, targetStride, rows, add);
  }

  private void copyTile(float[] tile, int rows, int columns, int start, boolean add) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        int to = start + i * cStride + j;
        float value = tile[i * width + j];
        c[to] = add ? c[to] + value : value;
      }
    }
  }
}
