package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;

/** Bias and activation of each row, in one pass. */
final class BiasActivation extends RowTask {
  private final Kernels kernels;
  private Activation activation;
  private float[] pre;
  private int preOffset;
  private float[] bias;
  private int biasOffset;
  private float[] y;
  private int yOffset;
  private int columns;

  BiasActivation(WorkerPool pool, Kernels kernels) {
    super(pool);
    this.kernels = kernels;
  }

  void run(int rows, Tensor input, Tensor added, Activation function, Tensor output) {
    activation = function;
    pre = CpuStorage.floats(input);
    preOffset = (int) input.offset();
    bias = added == null ? null : CpuStorage.floats(added);
    biasOffset = added == null ? 0 : (int) added.offset();
    y = CpuStorage.floats(output);
    yOffset = (int) output.offset();
    columns = output.columns();
    runRows(rows, columns);
  }

  @Override
  void rows(int from, int to, int worker) {
    int x = preOffset + from * columns;
    int target = yOffset + from * columns;
    if (bias == null) {
      kernels.activation((to - from) * columns, pre, x, activation, y, target);
    } else {
      kernels.biasActivation(
          to - from, columns, columns, pre, x, bias, biasOffset, activation, y, target);
    }
  }
}
