package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;

/** Gradients through norms, after those through the activations that follow them. */
final class NormBackward {
  private final Kernels kernels;
  private final ImageKernels images;
  private final WorkerPool pool;
  private final PlaneSums sums;
  private final Planes instance;
  private final Planes moments;
  private final Planes normalise;
  private final Task parametersOfInstance = this::parametersOfInstance;
  private final Task parametersOfBatch = this::parametersOfBatch;
  private double[] channelSums = {};
  private double[] channelProducts = {};

  // The operation under way.
  private int rows;
  private int channels;
  private int plane;
  private Activation activation;
  private float[] x;
  private int xOffset;
  private float[] scale;
  private int scaleOffset;
  private float[] mean;
  private int meanOffset;
  private float[] inverse;
  private int inverseOffset;
  private float[] known;
  private int knownOffset;
  private float[] dy;
  private int dyOffset;
  private float[] scaleGradient;
  private int scaleGradientOffset;
  private float[] shiftGradient;
  private int shiftGradientOffset;
  private float[] dx;
  private int dxOffset;

  NormBackward(WorkerPool pool, Kernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
    images = kernels.images();
    sums = new PlaneSums(pool);
    instance = new Planes(pool, this::instance);
    moments = new Planes(pool, this::momentsByChannel);
    normalise = new Planes(pool, this::normaliseByChannel);
  }

  /**
   * Runs.
   *
   * @param batch whether a channel's planes have common statistics
   * @param function the activation
   * @param input its input if it needs it, else its output
   */
  void run(
      boolean batch,
      int count,
      Activation function,
      Tensor data,
      Tensor scales,
      Tensor means,
      Tensor inverses,
      Tensor input,
      Tensor gradient,
      Tensor scaleGradients,
      Tensor shiftGradients,
      Tensor result) {
    rows = count;
    channels = (int) scales.size();
    plane = data.columns() / channels;
    activation = function;
    x = CpuStorage.floats(data);
    xOffset = (int) data.offset();
    scale = CpuStorage.floats(scales);
    scaleOffset = (int) scales.offset();
    mean = CpuStorage.floats(means);
    meanOffset = (int) means.offset();
    inverse = CpuStorage.floats(inverses);
    inverseOffset = (int) inverses.offset();
    known = CpuStorage.floats(input);
    knownOffset = (int) input.offset();
    dy = CpuStorage.floats(gradient);
    dyOffset = (int) gradient.offset();
    scaleGradient = CpuStorage.floats(scaleGradients);
    scaleGradientOffset = (int) scaleGradients.offset();
    shiftGradient = CpuStorage.floats(shiftGradients);
    shiftGradientOffset = (int) shiftGradients.offset();
    dx = CpuStorage.floats(result);
    dxOffset = (int) result.offset();
    sums.reserve(rows * channels);
    if (channelSums.length < channels) {
      channelSums = new double[channels];
      channelProducts = new double[channels];
    }
    if (batch) {
      moments.runRows(rows * channels, plane);
      pool.run(parametersOfBatch, channels);
      normalise.runRows(rows * channels, plane);
    } else {
      instance.runRows(rows * channels, plane);
      pool.run(parametersOfInstance, channels);
    }
    x = known = dy = dx = null;
    scale = mean = inverse = scaleGradient = shiftGradient = null;
  }

  /** Through the activation; then sums of dy and of dy (x - mean). */
  private void moments(int index, int meanAt, int worker) {
    int from = index * plane;
    kernels.activationBackward(
        1, plane, plane, activation, known, knownOffset + from, dy, dyOffset + from, null, 0);
    images.gradientMoments(
        plane, x, xOffset + from, mean[meanAt], dy, dyOffset + from, sums.lanes(worker));
    sums.put(index, worker);
  }

  private void instance(int index, int worker) {
    moments(index, meanOffset + index, worker);
    normalise(
        index,
        meanOffset + index,
        inverse[inverseOffset + index],
        sums.first(index),
        sums.second(index),
        plane);
  }

  private void momentsByChannel(int index, int worker) {
    moments(index, meanOffset + index % channels, worker);
  }

  private void normaliseByChannel(int index, int worker) {
    int channel = index % channels;
    normalise(
        index,
        meanOffset + channel,
        inverse[inverseOffset + channel],
        channelSums[channel],
        channelProducts[channel],
        rows * plane);
  }

  /** dx = scale inverse (dy - mean(dy) - (x - mean) inverse^2 mean(dy (x - mean))). */
  private void normalise(
      int index, int meanAt, float inverseHere, double sum, double products, int count) {
    int from = index * plane;
    double square = (double) inverseHere * inverseHere;
    images.normaliseBackward(
        plane,
        x,
        xOffset + from,
        mean[meanAt],
        inverseHere * scale[scaleOffset + index % channels],
        (float) (sum / count),
        (float) (square * products / count),
        dy,
        dyOffset + from,
        dx,
        dxOffset + from);
  }

  private void parametersOfInstance(int channel, int worker) {
    double products = 0;
    for (int row = 0; row < rows; row++) {
      int index = row * channels + channel;
      products += inverse[inverseOffset + index] * sums.second(index);
    }
    scaleGradient[scaleGradientOffset + channel] = (float) products;
    shiftGradient[shiftGradientOffset + channel] = (float) sums.first(rows, channels, channel);
  }

  private void parametersOfBatch(int channel, int worker) {
    double sum = sums.first(rows, channels, channel);
    double products = sums.second(rows, channels, channel);
    channelSums[channel] = sum;
    channelProducts[channel] = products;
    scaleGradient[scaleGradientOffset + channel] =
        (float) (inverse[inverseOffset + channel] * products);
    shiftGradient[shiftGradientOffset + channel] = (float) sum;
  }
}
