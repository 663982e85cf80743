package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;

/**
 * The matrix product, after Goto and van de Geijn ("Anatomy of high-performance matrix
 * multiplication", 2008). A worker takes a panel of B, as wide as a register tile, packs a block of
 * its depth, which then stays in the first two levels of cache, and multiplies rows of A by it:
 * which, {@link Panels} says. A is used where it lies; where it is transposed, it is turned first.
 * Where A or B is mostly zeros, the product is {@link SparseGemm}'s.
 */
final class Gemm {
  /** Columns of A that are turned at a time. */
  private static final int TURNED = 48;

  /** Rows of C that stay in the first-level cache; whole tiles of three and of four. */
  private static final int STRIP = 48;

  /** Multiplications below which other workers are not called. */
  private static final int SMALL = 1 << 16;

  private final WorkerPool pool;
  private final Kernels kernels;
  private final MatrixKernels matrices;
  private final int tileRows;
  private final SparseGemm sparse;
  private final Panels panels;
  private final float[][] packed;
  private final float[][] tiles;
  private final Task turn = this::turn;
  private final Task multiply = this::multiply;
  private float[] turned = {};

  // The product under way.
  private float[] a;
  private int aOffset;
  private int aStride;
  private float[] c;
  private int cOffset;
  private int cStride;
  private boolean accumulate;
  private int m;
  private int n;
  private int k;
  private Tensor bias;
  private Activation activation;

  Gemm(WorkerPool pool, Kernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
    matrices = kernels.matrices();
    tileRows = matrices.tileRows();
    int width = matrices.tileColumns();
    sparse = new SparseGemm(pool, kernels);
    panels = new Panels(matrices, pool.workers(), tileRows, width, matrices.narrowColumns());
    packed = CacheLines.floats(pool.workers(), Depth.MOST * width);
    tiles = new float[pool.workers()][Math.max(tileRows, MatrixKernels.NARROW_ROWS) * width];
  }

  /**
   * C = (C +) op(A) op(B), then, if there is a bias, C = activation(C + bias).
   *
   * @param rowBias F32 [n], or null
   * @param function one that does not need its input; only with a bias
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
    if (!add
        && sparse.run(
            left,
            transposeLeft,
            right,
            transposeRight,
            rows,
            columns,
            depth,
            result,
            rowBias,
            function)) {
      return;
    }
    a = CpuStorage.floats(left);
    aOffset = (int) left.offset();
    aStride = left.columns();
    c = CpuStorage.floats(result);
    cOffset = (int) result.offset();
    cStride = result.columns();
    accumulate = add;
    m = rows;
    n = columns;
    k = depth;
    bias = rowBias;
    activation = function;
    if (transposeLeft) {
      turnLeft();
    }
    run(multiply, panels.cut(right, transposeRight, n, m));
    panels.release();
    a = null;
    c = null;
    bias = null;
  }

  private void turnLeft() {
    turned = CacheLines.atLeast(turned, m * k);
    run(turn, Math.ceilDiv(m, TURNED));
    a = turned;
    aOffset = CacheLines.FIRST;
    aStride = k;
  }

  private void turn(int chunk, int worker) {
    int from = chunk * TURNED;
    int count = Math.min(TURNED, m - from);
    int to = CacheLines.FIRST + from * k;
    matrices.transpose(k, count, a, aOffset + from, aStride, turned, to, k);
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

  /** Rows of A times a panel, block by block. */
  private void multiply(int chunk, int worker) {
    int panel = panels.panel(chunk);
    int from = panels.from(chunk);
    int to = panels.to(chunk);
    int step = Depth.block(k);
    for (int start = 0; start == 0 || start < k; start += step) {
      int depth = Math.min(step, k - start);
      panels.pack(panel, start, depth, packed[worker]);
      for (int row = from; row < to; row += STRIP) {
        int end = Math.min(to, row + STRIP);
        multiplyBlock(start, depth, panel, row, end, worker);
        if (bias != null && start + depth == k) {
          activate(panel, row, end);
        }
      }
    }
  }

  private void activate(int panel, int from, int to) {
    float[] values = CpuStorage.floats(bias);
    int column = panels.column(panel);
    int columns = panels.columns(panel);
    int first = (int) bias.offset() + column;
    int at = cOffset + from * cStride + column;
    kernels.biasActivation(to - from, columns, cStride, c, at, values, first, activation, c, at);
  }

  private void multiplyBlock(int start, int depth, int panelNumber, int from, int to, int worker) {
    float[] panel = packed[worker];
    int first = CacheLines.FIRST;
    int column = panels.column(panelNumber);
    int columns = panels.columns(panelNumber);
    int panelWidth = panels.width(panelNumber);
    boolean narrow = panels.isNarrow(panelNumber);
    boolean add = accumulate || start > 0;
    boolean whole = columns == panelWidth;
    float[] target = whole ? c : tiles[worker];
    int stride = whole ? cStride : panelWidth;
    int step = narrow ? MatrixKernels.NARROW_ROWS : tileRows;
    for (int row = from; row < to; row += step) {
      int rows = Math.min(step, to - row);
      int left = aOffset + row * aStride + start;
      int result = cOffset + row * cStride + column;
      int at = whole ? result : 0;
      if (!whole && add) {
        matrices.copyRows(rows, columns, c, result, cStride, target, at, stride);
      }
      if (narrow) {
        matrices.narrowTile(depth, a, left, aStride, panel, first, target, at, stride, rows, add);
      } else {
        matrices.tile(depth, a, left, aStride, panel, first, target, at, stride, rows, add);
      }
      if (!whole) {
        matrices.copyRows(rows, columns, target, at, stride, c, result, cStride);
      }
    }
  }
}
