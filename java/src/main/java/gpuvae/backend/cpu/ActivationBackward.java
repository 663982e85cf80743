package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;

/**
 * Gradient through an activation, and of the bias before it, in one pass over blocks of columns.
 */
final class ActivationBackward implements Task {
  private static final int BLOCK = 64;

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
    kernels.activationBackward(
        rows,
        Math.min(BLOCK, columns - from),
        columns,
        activation,
        x,
        xOffset + from,
        dy,
        dyOffset + from,
        sums,
        sumsOffset + from);
  }
}
