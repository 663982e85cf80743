package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;
import java.util.Arrays;

/**
 * Gradient through an activation, and of the bias before it, in one pass over blocks of columns.
 */
final class ActivationBackward implements Task {
  private static final int BLOCK = 64;

  /** Rows that are summed while they are in the first-level cache. */
  private static final int ROWS = 32;

  private final WorkerPool pool;
  private final Kernels kernels;
  private Activation activation;
  private float[] x;
  private int xOffset;
  private float[] dy;
  private int dyOffset;
  private float[] sums;
  private int sumsOffset;
  private int rows;
  private int columns;

  ActivationBackward(WorkerPool pool, Kernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
  }

  void run(int count, Activation function, Tensor input, Tensor gradient, Tensor biasGradient) {
    activation = function;
    rows = count;
    x = CpuStorage.floats(input);
    xOffset = (int) input.offset();
    dy = CpuStorage.floats(gradient);
    dyOffset = (int) gradient.offset();
    sums = biasGradient == null ? null : CpuStorage.floats(biasGradient);
    sumsOffset = biasGradient == null ? 0 : (int) biasGradient.offset();
    columns = gradient.columns();
    pool.run(this, Math.ceilDiv(columns, BLOCK));
  }

  @Override
  public void run(int chunk, int worker) {
    int from = chunk * BLOCK;
    int width = Math.min(BLOCK, columns - from);
    if (sums != null) {
      Arrays.fill(sums, sumsOffset + from, sumsOffset + from + width, 0);
    }
    for (int row = 0; row < rows; row += ROWS) {
      int end = Math.min(rows, row + ROWS);
      for (int i = row; i < end; i++) {
        int start = i * columns + from;
        kernels.activationBackward(width, activation, x, xOffset + start, dy, dyOffset + start);
      }
      if (sums != null) {
        int start = dyOffset + row * columns + from;
        kernels.addRows(end - row, width, dy, start, columns, sums, sumsOffset + from);
      }
    }
  }
}
