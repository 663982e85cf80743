package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;

/**
 * The product of a matrix that is mostly zeros, images for example, and one that is not: {@link
 * Gemm}'s way, but a tile takes those columns only that are {@link Nonzeros}. The sums are the same
 * sums.
 */
final class SparseGemm {
  /** Of the samples, so many may have something else than zeros where lists are worth while. */
  private static final int ENOUGH = Nonzeros.SAMPLES / 2;

  /** Multiplications from which zeros are looked for. */
  private static final int LARGE = 1 << 22;

  /** Rows of a result that stay in the second-level cache; whole tiles. */
  private static final int STRIP = 960;

  private final WorkerPool pool;
  private final Kernels kernels;
  private final MatrixKernels matrices;
  private final int width;
  private final Nonzeros nonzeros;
  private final Panels panels;
  private final float[][] packed;
  private final float[][] strips;
  private final Task multiply = this::multiply;

  // The product under way.
  private float[] c;
  private int cOffset;
  private int cStride;
  private boolean turned;
  private int k;
  private Tensor bias;
  private Activation activation;

  SparseGemm(WorkerPool pool, Kernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
    matrices = kernels.matrices();
    width = matrices.sparseColumns();
    nonzeros = new Nonzeros(matrices, pool.workers());
    panels = new Panels(matrices, pool.workers(), MatrixKernels.SPARSE_ROWS, width, width);
    packed = CacheLines.floats(pool.workers(), Depth.MOST * width);
    strips = CacheLines.floats(pool.workers(), STRIP * width);
  }

  /**
   * C = op(A) op(B), then, if there is a bias, C = activation(C + bias), if A has zeros enough, or,
   * without a bias, if B has, and more: then C is computed as the transpose of op(B)^T op(A)^T.
   *
   * @return false if neither has; then nothing is done
   */
  boolean run(
      Tensor left,
      boolean transposeLeft,
      Tensor right,
      boolean transposeRight,
      int m,
      int n,
      int depth,
      Tensor result,
      Tensor rowBias,
      Activation function) {
    if ((long) m * n * depth < LARGE) {
      return false;
    }
    int inLeft = Nonzeros.sample(left, transposeLeft, m, depth);
    int inRight =
        rowBias != null ? Nonzeros.SAMPLES : Nonzeros.sample(right, !transposeRight, n, depth);
    if (Math.min(inLeft, inRight) > ENOUGH) {
      return false;
    }
    c = CpuStorage.floats(result);
    cOffset = (int) result.offset();
    cStride = result.columns();
    k = depth;
    bias = rowBias;
    activation = function;
    turned = inRight < inLeft;
    if (turned) {
      nonzeros.find(pool, right, !transposeRight, n, k, Depth.block(k));
      pool.run(multiply, panels.cut(left, !transposeLeft, m, n));
    } else {
      nonzeros.find(pool, left, transposeLeft, m, k, Depth.block(k));
      pool.run(multiply, panels.cut(right, transposeRight, n, m));
    }
    panels.release();
    c = null;
    bias = null;
    return true;
  }

  private void multiply(int chunk, int worker) {
    int panel = panels.panel(chunk);
    int end = panels.to(chunk);
    for (int from = panels.from(chunk); from < end; from += STRIP) {
      int to = Math.min(end, from + STRIP);
      multiplyStrip(panel, from, to, worker);
      if (turned) {
        storeTurned(panel, from, to, strips[worker]);
      } else {
        store(panel, from, to, strips[worker]);
      }
    }
  }

  private void multiplyStrip(int panel, int from, int to, int worker) {
    int[] positions = nonzeros.positions();
    int step = Depth.block(k);
    for (int start = 0; start < k; start += step) {
      panels.pack(panel, start, Math.min(step, k - start), packed[worker]);
      for (int row = from; row < to; row += MatrixKernels.SPARSE_ROWS) {
        matrices.sparseTile(
            nonzeros.count(row, start / step),
            positions,
            nonzeros.first(row, start / step),
            nonzeros.values(),
            nonzeros.valueStride(),
            packed[worker],
            CacheLines.FIRST,
            strips[worker],
            CacheLines.FIRST + (row - from) * width,
            width,
            Math.min(MatrixKernels.SPARSE_ROWS, to - row),
            start > 0);
      }
    }
  }

  private void store(int panel, int from, int to, float[] strip) {
    int column = panels.column(panel);
    int columns = panels.columns(panel);
    int at = cOffset + from * cStride + column;
    matrices.copyRows(to - from, columns, strip, CacheLines.FIRST, width, c, at, cStride);
    if (bias != null) {
      float[] values = CpuStorage.floats(bias);
      int first = (int) bias.offset() + column;
      kernels.biasActivation(to - from, columns, cStride, c, at, values, first, activation, c, at);
    }
  }

  private void storeTurned(int panel, int from, int to, float[] strip) {
    int at = cOffset + panels.column(panel) * cStride + from;
    matrices.transpose(
        to - from, panels.columns(panel), strip, CacheLines.FIRST, width, c, at, cStride);
  }
}
