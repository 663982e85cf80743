package gpuvae.backend;

/**
 * The primitives of convolutional layers. Images are rows of a tensor, NCHW: F32 [capacity,
 * channels x height x width], row-major. A channel's values in an image are its plane.
 */
public interface ImageOperations {
  // ---- convolution ----

  /**
   * Loads what convolutions need; a model with some asks when it is made.
   *
   * @throws DeviceUnavailableException if it is not there, with what was tried
   */
  default void prepareConvolutions() {}

  /**
   * y = the cross-correlation of x with the filters. NaN in x is NaN wherever a filter sees it, and
   * may be elsewhere in that image.
   *
   * @param x F32 [capacity, inFeatures]
   * @param weight F32 [outChannels, inChannels, kernel, kernel]
   * @param y F32 [capacity, outFeatures], written
   */
  void convolution(int rows, Convolution geometry, Tensor x, Tensor weight, Tensor y);

  /**
   * Gradient of {@link #convolution}'s input from that of its output: its transpose, which is also
   * the forward pass of a transposed convolution.
   *
   * @param dy F32 [capacity, outFeatures]
   * @param weight F32 [outChannels, inChannels, kernel, kernel]
   * @param dx F32 [capacity, inFeatures], written
   */
  void convolutionBackwardData(int rows, Convolution geometry, Tensor dy, Tensor weight, Tensor dx);

  /**
   * Gradient of {@link #convolution}'s filters, summed over the rows.
   *
   * @param x F32 [capacity, inFeatures]
   * @param dy F32 [capacity, outFeatures]
   * @param weightGradient F32 [outChannels, inChannels, kernel, kernel], overwritten
   */
  void convolutionBackwardWeight(
      int rows, Convolution geometry, Tensor x, Tensor dy, Tensor weightGradient);

  // ---- normalisation ----

  /**
   * Each plane of each image by its own mean and variance (Ulyanov et al., 2016), the variance that
   * of the population.
   */
  void instanceNorm(int rows, NormTensors t);

  /** The backward pass of {@link #instanceNorm}. */
  void instanceNormBackward(int rows, NormTensors t);

  /**
   * {@link #instanceNorm} by the mean and variance of a channel's planes in all rows (Ioffe and
   * Szegedy, 2015). With one value a channel the unbiased variance is NaN.
   */
  void batchNorm(int rows, NormTensors t);

  /** The backward pass of {@link #batchNorm}, through mean and variance too. */
  void batchNormBackward(int rows, NormTensors t);

  /**
   * Batch norm as it is used after training: by running statistics, from x to y, which may be x.
   *
   * @param running F32 [2, channels]: mean and variance
   */
  void batchNormInference(int rows, NormTensors t, Tensor running);

  /**
   * If ACCEPTED, running = (1 - momentum) running + momentum batch; else nothing changes.
   *
   * @param batch F32 [n]: statistics of this step's batch
   * @param running F32 [n]
   */
  void blendStatistics(StepState state, float momentum, Tensor batch, Tensor running);

  // ---- the rest ----

  /**
   * The largest value of each window of size x size pixels; windows do not overlap, rows and
   * columns that fill none are left out. Of equal values the first in row-major order is taken, of
   * NaNs the last, as PyTorch does.
   *
   * @param height rows of an input plane
   * @param width columns of an input plane
   * @param size 1 to 16
   * @param x F32 [capacity, channels x height x width]
   * @param y F32 [capacity, channels x (height / size) x (width / size)], written
   * @param indices U8 as y, written: the value's place in its window, row-major
   */
  void maxPool(int rows, int height, int width, int size, Tensor x, Tensor y, Tensor indices);

  /**
   * The backward pass of {@link #maxPool}.
   *
   * @param dy F32 as y
   * @param dx F32 as x, written: 0 where nothing was taken
   */
  void maxPoolBackward(
      int rows, int height, int width, int size, Tensor indices, Tensor dy, Tensor dx);

  /**
   * Every pixel becomes 2 x 2.
   *
   * @param height rows of an input plane
   * @param width columns of an input plane
   * @param x F32 [capacity, channels x height x width]
   * @param y F32 [capacity, channels x 2 height x 2 width], written
   */
  void upsample(int rows, int height, int width, Tensor x, Tensor y);

  /**
   * The backward pass of {@link #upsample}: sums of 2 x 2.
   *
   * @param dy F32 as y
   * @param dx F32 as x, written
   */
  void upsampleBackward(int rows, int height, int width, Tensor dy, Tensor dx);

  /**
   * pre = x + residual, y = activation(pre).
   *
   * @param x F32 [capacity, n]; likewise the others
   * @param pre what the activation's derivative needs; may be y unless the activation {@link
   *     Activation#needsInput}
   * @param y written; may be x or residual
   */
  void add(int rows, Tensor x, Tensor residual, Activation activation, Tensor pre, Tensor y);
}
