package gpuvae.backend.cuda;

import gpuvae.backend.Activation;
import gpuvae.backend.LayerTensors;
import gpuvae.backend.Tensor;
import gpuvae.cuda.CudaFunction;

/** What a dense layer needs beside cuBLAS, and a convolution beside cuDNN. */
final class LayerKernels {
  private final Launcher launcher;
  private final CudaFunction biasActivation;
  private final CudaFunction activationBackward;
  private final CudaFunction dense;

  LayerKernels(Launcher launcher, KernelLibrary library) {
    this.launcher = launcher;
    biasActivation = library.function("bias_activation");
    activationBackward = library.function("activation_backward");
    dense = library.function("dense");
  }

  void biasActivation(int rows, Tensor pre, Tensor bias, Activation activation, Tensor y) {
    boolean planes = bias != null && bias.size() < pre.columns();
    int channels = planes ? (int) bias.size() : 1;
    int matrixRows = Math.multiplyExact(rows, channels);
    int columns = pre.columns() / channels;
    launcher
        .arguments()
        .putInt(matrixRows)
        .putInt(columns)
        .putInt(planes ? channels : 0)
        .putAddress(CudaStorage.floats(pre))
        .putAddress(CudaStorage.floatsOrNull(bias))
        .putInt(activation.kind().ordinal())
        .putFloat(activation.slope())
        .putAddress(CudaStorage.floats(y));
    launcher.rows(biasActivation, matrixRows, columns);
  }

  /** What the activation's derivative is computed from. */
  static long operand(Activation activation, Tensor pre, Tensor y) {
    return CudaStorage.floats(activation.needsInput() ? pre : y);
  }

  /** With a bias for each column, or none. */
  void activationBackward(
      int rows, Activation activation, Tensor pre, Tensor y, Tensor dy, Tensor biasGradient) {
    if (biasGradient == null && activation.equals(Activation.IDENTITY)) {
      return;
    }
    launcher
        .arguments()
        .putInt(rows)
        .putInt(dy.columns())
        .putInt(activation.kind().ordinal())
        .putFloat(activation.slope())
        .putAddress(CudaStorage.floats(pre))
        .putAddress(CudaStorage.floats(y))
        .putAddress(CudaStorage.floats(dy))
        .putAddress(CudaStorage.floatsOrNull(biasGradient));
    int rowBlocks = biasGradient == null ? Math.ceilDiv(rows, 64) : 1;
    launcher.strips(activationBackward, dy.columns(), rowBlocks);
  }

  /** The product too. */
  void dense(int rows, LayerTensors t) {
    launcher
        .arguments()
        .putInt(rows)
        .putInt(t.weight().columns())
        .putInt(t.weight().rows())
        .putAddress(CudaStorage.floats(t.x()))
        .putAddress(CudaStorage.floats(t.weight()))
        .putAddress(CudaStorage.floatsOrNull(t.bias()))
        .putInt(t.activation().kind().ordinal())
        .putFloat(t.activation().slope())
        .putAddress(CudaStorage.floats(t.pre()))
        .putAddress(CudaStorage.floats(t.y()));
    launcher.tiles(dense, rows, t.weight().rows());
  }
}
