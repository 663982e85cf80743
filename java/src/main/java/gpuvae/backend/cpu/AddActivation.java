package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;

/** The sum of two tensors, and the activation of it. */
final class AddActivation extends RowTask {
  private final Kernels kernels;
  private final ImageKernels images;
  private int columns;
  private float[] x;
  private int xOffset;
  private float[] residual;
  private int residualOffset;
  private Activation activation;
  private float[] pre;
  private int preOffset;
  private float[] y;
  private int yOffset;

  AddActivation(WorkerPool pool, Kernels kernels) {
    super(pool);
    this.kernels = kernels;
    images = kernels.images();
  }

  void run(int rows, Tensor input, Tensor other, Activation function, Tensor sum, Tensor output) {
    columns = input.columns();
    x = CpuStorage.floats(input);
    xOffset = (int) input.offset();
    residual = CpuStorage.floats(other);
    residualOffset = (int) other.offset();
    activation = function;
    pre = CpuStorage.floats(sum);
    preOffset = (int) sum.offset();
    y = CpuStorage.floats(output);
    yOffset = (int) output.offset();
    runRows(rows, columns);
    x = residual = pre = y = null;
  }

  @Override
  void rows(int from, int to, int worker) {
    int start = from * columns;
    int n = (to - from) * columns;
    images.add(n, x, xOffset + start, residual, residualOffset + start, pre, preOffset + start);
    if (pre != y || preOffset != yOffset || activation.kind() != Activation.Kind.IDENTITY) {
      kernels.activation(n, pre, preOffset + start, activation, y, yOffset + start);
    }
  }
}
