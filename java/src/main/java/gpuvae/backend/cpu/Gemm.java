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
  static final int DEPTH = 280;

  /** Columns of A that are turned at a time. */
  private static final int TURNED = 48;

  /** Multiplications below which other workers are not called. */
  private static final int SMALL = 1 << 16;

  private final WorkerPool pool;
  private final Kernels kernels;
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
  private int wholePanels;
  private int parts;
  private Tensor bias;
  private Activation activation;

  Gemm(WorkerPool pool, Kernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
    width = kernels.tileColumns();
    narrowWidth = kernels.narrowColumns();
    packed = new float[pool.workers()][DEPTH * width];
    tiles = new float[pool.workers()][Kernels.NARROW_ROWS * width];
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
    // Panels that do not come out even are shared by rows.
    int rest = panels % pool.workers();
    wholePanels = panels - rest;
    parts = rest == 0 ? 1 : Math.ceilDiv(pool.workers(), rest);
    run(multiply, wholePanels + rest * parts);
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
      multiplyPanel(chunk, 0, m, worker);
    } else {
      int panel = wholePanels + (chunk - wholePanels) / parts;
      int part = (chunk - wholePanels) % parts;
      multiplyPanel(panel, partStart(part), partStart(part + 1), worker);
    }
  }

  /** The first row of a part: parts are whole tiles, as equal as can be. */
  private int partStart(int part) {
    long rowTiles = Math.ceilDiv(m, Kernels.TILE_ROWS);
    return Math.min(m, (int) (rowTiles * part / parts) * Kernels.TILE_ROWS);
  }

  /** Rows of A times a panel, block by block. */
  private void multiplyPanel(int panel, int from, int to, int worker) {
    boolean narrow = panel >= widePanels;
    int panelWidth = narrow ? narrowWidth : width;
    int column =
        Math.min(panel, widePanels) * width + Math.max(0, panel - widePanels) * narrowWidth;
    int columns = Math.min(panelWidth, n - column);
    int blocks = Math.max(1, Math.ceilDiv(k, DEPTH));
    for (int block = 0; block < blocks; block++) {
      int start = (int) ((long) k * block / blocks);
      int depth = (int) ((long) k * (block + 1) / blocks) - start;
      pack(start, depth, column, columns, panelWidth, packed[worker]);
      multiplyBlock(start, depth, column, columns, panelWidth, from, to, worker);
    }
    if (bias != null) {
      addBias(column, columns, from, to);
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
    float[] tile = tiles[worker];
    boolean add = accumulate || start > 0;
    boolean whole = columns == panelWidth;
    float[] target = whole ? c : tile;
    int stride = whole ? cStride : width;
    boolean onto = whole && add;
    boolean wide = panelWidth == width;
    int step = wide ? Kernels.TILE_ROWS : Kernels.NARROW_ROWS;
    for (int row = from; row < to; row += step) {
      int rows = Math.min(step, to - row);
      // Rows beyond the last are computed from the last again, and not stored.
      int a0 = aOffset + row * aStride + start;
      int a1 = rows > 1 ? a0 + aStride : a0;
      int a2 = rows > 2 ? a1 + aStride : a1;
      int to0 = cOffset + row * cStride + column;
      int at = whole ? to0 : 0;
      if (wide) {
        kernels.tile(depth, a, a0, a1, a2, panel, 0, target, at, stride, rows, onto);
      } else {
        int a3 = rows > 3 ? a2 + aStride : a2;
        kernels.narrowTile(depth, a, a0, a1, a2, a3, panel, 0, target, at, stride, rows, onto);
      }
      if (!whole) {
        copyTile(tile, rows, columns, to0, add);
      }
    }
  }

  private void copyTile(float[] tile, int rows, int columns, int start, boolean add) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        int at = start + i * cStride + j;
        float value = tile[i * width + j];
        c[at] = add ? c[at] + value : value;
      }
    }
  }

  private void addBias(int column, int columns, int from, int to) {
    float[] values = CpuStorage.floats(bias);
    int first = (int) bias.offset() + column;
    for (int row = from; row < to; row++) {
      int start = cOffset + row * cStride + column;
      kernels.biasActivation(columns, c, start, values, first, activation, c, start);
    }
  }
}
