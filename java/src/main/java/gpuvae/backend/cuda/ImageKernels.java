package gpuvae.backend.cuda;

import gpuvae.backend.Activation;
import gpuvae.backend.ElementType;
import gpuvae.backend.Tensor;
import gpuvae.cuda.CudaFunction;

/** What stands between convolutions: biases, pooling, upsampling, addition, padding. */
final class ImageKernels {
  private final Launcher launcher;
  private final Scratch scratch;
  private final CudaFunction planeActivationBackward;
  private final CudaFunction maxPool;
  private final CudaFunction maxPoolBackward;
  private final CudaFunction upsample;
  private final CudaFunction upsampleBackward;
  private final CudaFunction addActivation;
  private final CudaFunction pad;

  ImageKernels(Launcher launcher, KernelLibrary library, Scratch scratch) {
    this.launcher = launcher;
    this.scratch = scratch;
    planeActivationBackward = library.function("plane_activation_backward");
    maxPool = library.function("max_pool");
    maxPoolBackward = library.function("max_pool_backward");
    upsample = library.function("upsample");
    upsampleBackward = library.function("upsample_backward");
    addActivation = library.function("add_activation");
    pad = library.function("pad");
  }

  /** Backend.activationBackward with the gradient of a bias for each plane. */
  void activationBackward(
      int rows, Activation activation, Tensor pre, Tensor y, Tensor dy, Tensor biasGradient) {
    Images images = Images.of(rows, dy, biasGradient);
    launcher
        .arguments()
        .putInt(rows)
        .putInt(images.channels())
        .putInt(images.plane())
        .putInt(activation.kind().ordinal())
        .putFloat(activation.slope())
        .putAddress(LayerKernels.operand(activation, pre, y))
        .putAddress(CudaStorage.floats(dy))
        .putAddress(CudaStorage.floats(biasGradient))
        .putAddress(scratch.sums((long) images.channels() * images.parts()))
        .putAddress(scratch.tickets(images.channels()));
    launcher.channels(planeActivationBackward, images.channels(), images.parts());
  }

  private static int planes(int rows, Tensor images, int plane) {
    return Math.multiplyExact(rows, images.columns() / plane);
  }

  void maxPool(int rows, int height, int width, int size, Tensor x, Tensor y, Tensor indices) {
    int planes = planes(rows, x, height * width);
    launcher
        .arguments()
        .putInt(planes)
        .putInt(height)
        .putInt(width)
        .putInt(size)
        .putAddress(CudaStorage.floats(x))
        .putAddress(CudaStorage.floats(y))
        .putAddress(CudaStorage.address(indices, ElementType.U8));
    launcher.places(maxPool, planes, (height / size) * (width / size));
  }

  void maxPoolBackward(
      int rows, int height, int width, int size, Tensor indices, Tensor dy, Tensor dx) {
    int planes = planes(rows, dx, height * width);
    launcher
        .arguments()
        .putInt(planes)
        .putInt(height)
        .putInt(width)
        .putInt(size)
        .putAddress(CudaStorage.address(indices, ElementType.U8))
        .putAddress(CudaStorage.floats(dy))
        .putAddress(CudaStorage.floats(dx));
    launcher.rows(maxPoolBackward, planes, height * width);
  }

  void upsample(int rows, int height, int width, Tensor x, Tensor y) {
    int planes = planes(rows, x, height * width);
    launcher
        .arguments()
        .putInt(planes)
        .putInt(height)
        .putInt(width)
        .putAddress(CudaStorage.floats(x))
        .putAddress(CudaStorage.floats(y));
    launcher.rows(upsample, planes, 4 * height * width);
  }

  void upsampleBackward(int rows, int height, int width, Tensor dy, Tensor dx) {
    int planes = planes(rows, dx, height * width);
    launcher
        .arguments()
        .putInt(planes)
        .putInt(height)
        .putInt(width)
        .putAddress(CudaStorage.floats(dy))
        .putAddress(CudaStorage.floats(dx));
    launcher.rows(upsampleBackward, planes, height * width);
  }

  void add(int rows, Tensor x, Tensor residual, Activation activation, Tensor pre, Tensor y) {
    long count = (long) rows * x.columns();
    launcher
        .arguments()
        .putLong(count)
        .putAddress(CudaStorage.floats(x))
        .putAddress(CudaStorage.floats(residual))
        .putInt(activation.kind().ordinal())
        .putFloat(activation.slope())
        .putAddress(CudaStorage.floats(pre))
        .putAddress(CudaStorage.floats(y));
    launcher.flat(addActivation, count);
  }

  /** y = the window of x that begins at (top, left), with zeros where it is outside. */
  void pad(
      int planes,
      int xHeight,
      int xWidth,
      int yHeight,
      int yWidth,
      int top,
      int left,
      long x,
      long y) {
    launcher
        .arguments()
        .putInt(planes)
        .putInt(xHeight)
        .putInt(xWidth)
        .putInt(yHeight)
        .putInt(yWidth)
        .putInt(top)
        .putInt(left)
        .putAddress(x)
        .putAddress(y);
    launcher.rows(pad, planes, yHeight * yWidth);
  }
}
