package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;

/**
 * The matrix product, after Goto and van de Geijn ("Anatomy of high-performance matrix
 * multiplication", 2008). A worker takes a panel of B, as wide as a register tile, packs a block of
 * its depth, which then stays in the first-level cache, and multiplies all rows of A by it. A is
 * used where it lies; where it is transposed, it is turned first.
 */
final class Gemm {
  /** Longest chain of fma: so much of a panel stays in the first-level cache. */
  static final int DEPTH = 288;

  /** Blocks but the last are multiples of it, so that they are packed by whole vectors. */
  private static final int LINE = 16;

  /** Columns of A that are turned at a time. */
  private static final int TURNED = 48;

  /** Multiplications below which other workers are not called. */
  private static final int SMALL = 1 << 16;

  private final WorkerPool pool;
  private final Kernels kernels;
  private final int tileRows;
  private final int width;
  private final int narrowWidth;
  private final float[][] packed;
  private final float[][] tiles;
  private final Task turn = this::turn;
  private final Task multiply = this::multiply;
  private float[] turned = {};

  // The product under way.
  private float[] a;
  private int aOffset;
  private int aStride;
  private float[] b;
  private int bOffset;
  private int bStride;
  private boolean transposeB;
  private float[] c;
  private int cOffset;
  private int cStride;
  private boolean accumulate;
  private int m;
  private int n;
  private int k;
  private int widePanels;
  private int sharedPanels;
  private int wholePanels;
  private int parts;
  private Tensor bias;
  private Activation activation;

  Gemm(WorkerPool pool, Kernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
    tileRows = kernels.tileRows();
    width = kernels.tileColumns();
    narrowWidth = kernels.narrowColumns();
    packed = new float[pool.workers()][DEPTH * width];
    tiles = new float[pool.workers()][Math.max(tileRows, Kernels.NARROW_ROWS) * width];
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
    a = CpuStorage.floats(left);
    aOffset = (int) left.offset();
    aStride = left.columns();
    b = CpuStorage.floats(right);
    bOffset = (int) right.offset();
    bStride = right.columns();
    transposeB = transposeRight;
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
    int panels = Math.ceilDiv(n, width);
    widePanels = panels - narrowPanels(panels);
    // Panels that do not come out even are shared by rows: wide ones, that narrow ones may.
    sharedPanels = panels % pool.workers();
    wholePanels = panels - sharedPanels;
    parts = sharedPanels == 0 ? 1 : Math.ceilDiv(pool.workers(), sharedPanels);
    run(multiply, wholePanels + sharedPanels * parts);
    a = null;
    b = null;
    c = null;
    bias = null;
  }

  /** How many of the last panels may be narrow and still hold all columns. */
  private int narrowPanels(int panels) {
    int spare = panels * width - n;
    return width == narrowWidth ? 0 : Math.min(panels, spare / (width - narrowWidth));
  }

  private void turnLeft() {
    if (turned.length < m * k) {
      turned = new float[m * k];
    }
    run(turn, Math.ceilDiv(m, TURNED));
    a = turned;
    aOffset = 0;
    aStride = k;
  }

  private void turn(int chunk, int worker) {
    int from = chunk * TURNED;
    int count = Math.min(TURNED, m - from);
    kernels.transpose(k, count, a, aOffset + from, aStride, turned, from * k, k);
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

  private void multiply(int chunk, int worker) {
    if (chunk < wholePanels) {
      multiplyPanel(sharedPanels + chunk, 0, m, worker);
    } else {
      int panel = (chunk - wholePanels) / parts;
      int part = (chunk - wholePanels) % parts;
      multiplyPanel(panel, partStart(part), partStart(part + 1), worker);
    }
  }

  /** The first row of a part: parts are whole tiles, as equal as can be. */
  private int partStart(int part) {
    long rowTiles = Math.ceilDiv(m, tileRows);
    return Math.min(m, (int) (rowTiles * part / parts) * tileRows);
  }

  /** Rows of A times a panel, block by block. */
  private void multiplyPanel(int panel, int from, int to, int worker) {
    boolean narrow = panel >= widePanels;
    int panelWidth = narrow ? narrowWidth : width;
    int column =
        Math.min(panel, widePanels) * width + Math.max(0, panel - widePanels) * narrowWidth;
    int columns = Math.min(panelWidth, n - column);
    int blocks = Math.max(1, Math.ceilDiv(k, DEPTH));
    int step = Math.ceilDiv(Math.ceilDiv(k, blocks), LINE) * LINE;
    for (int block = 0; block < blocks; block++) {
      int start = block * step;
      int depth = Math.min(step, k - start);
      pack(start, depth, column, columns, panelWidth, packed[worker]);
      multiplyBlock(start, depth, column, columns, panelWidth, from, to, worker);
    }
    if (bias != null) {
      float[] values = CpuStorage.floats(bias);
      int first = (int) bias.offset() + column;
      int at = cOffset + from * cStride + column;
      kernels.biasActivation(to - from, columns, cStride, c, at, values, first, activation, c, at);
    }
  }

  private void pack(int start, int depth, int column, int columns, int panelWidth, float[] panel) {
    if (transposeB) {
      int source = bOffset + column * bStride + start;
      kernels.transpose(columns, depth, b, source, bStride, panel, 0, panelWidth);
    } else {
      int source = bOffset + start * bStride + column;
      kernels.copyRows(depth, columns, b, source, bStride, panel, 0, panelWidth);
    }
  }

  private void multiplyBlock(
      int start, int depth, int column, int columns, int panelWidth, int from, int to, int worker) {
    float[] panel = packed[worker];
    boolean add = accumulate || start > 0;
    boolean whole = columns == panelWidth;
    float[] target = whole ? c : tiles[worker];
    int stride = whole ? cStride : panelWidth;
    boolean wide = panelWidth == width;
    int step = wide ? tileRows : Kernels.NARROW_ROWS;
    for (int row = from; row < to; row += step) {
      int rows = Math.min(step, to - row);
      int left = aOffset + row * aStride + start;
      int result = cOffset + row * cStride + column;
      int at = whole ? result : 0;
      if (!whole && add) {
        kernels.copyRows(rows, columns, c, result, cStride, target, at, stride);
      }
      if (wide) {
        kernels.tile(depth, a, left, aStride, panel, 0, target, at, stride, rows, add);
      } else {
        kernels.narrowTile(depth, a, left, aStride, panel, 0, target, at, stride, rows, add);
      }
      if (!whole) {
        kernels.copyRows(rows, columns, target, at, stride, c, result, cStride);
      }
    }
  }
}
