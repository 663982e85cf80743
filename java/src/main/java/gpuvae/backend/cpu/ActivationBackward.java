package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;
import java.util.Arrays;

/** Gradient through an activation, and of the bias before it, in one pass. */
final class ActivationBackward extends RowTask {
  /** The longest that a row counts for: pieces of many rows, whose sums are few beside them. */
  private static final int LONGEST = 256;

  private final Kernels kernels;
  private Activation activation;
  private float[] x;
  private int xOffset;
  private float[] dy;
  private int dyOffset;
  private int columns;

  /** Each piece's sums by columns; null for none. */
  private float[] partial;

  private float[] sums = {};

  ActivationBackward(WorkerPool pool, Kernels kernels) {
    super(pool);
    this.kernels = kernels;
  }

  void run(int rows, Activation function, Tensor input, Tensor gradient, Tensor biasGradient) {
    activation = function;
    x = CpuStorage.floats(input);
    xOffset = (int) input.offset();
    dy = CpuStorage.floats(gradient);
    dyOffset = (int) gradient.offset();
    columns = gradient.columns();
    int length = Math.min(columns, LONGEST);
    if (biasGradient == null) {
      partial = null;
      runRows(rows, length);
      return;
    }
    int pieces = pieces(rows, length);
    sums = CacheLines.atLeast(sums, pieces * columns);
    partial = sums;
    runRows(rows, length);
    addUp(pieces, CpuStorage.floats(biasGradient), (int) biasGradient.offset());
  }

  @Override
  void rows(int from, int to, int worker) {
    kernels.activationBackward(
        to - from,
        columns,
        columns,
        activation,
        x,
        xOffset + from * columns,
        dy,
        dyOffset + from * columns,
        partial,
        CacheLines.FIRST + piece(from) * columns);
  }

  private void addUp(int pieces, float[] total, int at) {
    Arrays.fill(total, at, at + columns, 0);
    for (int piece = 0; piece < pieces; piece++) {
      int from = CacheLines.FIRST + piece * columns;
      for (int j = 0; j < columns; j++) {
        total[at + j] += sums[from + j];
      }
    }
  }
}
