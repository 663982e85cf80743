package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.NormTensors;
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

  /** Of {@link NormForward#instance}. */
  void instance(int count, NormTensors t) {
    set(count, t);
    instance.runRows(rows * channels, plane);
    pool.run(parametersOfInstance, channels);
    clear();
  }

  /** Of {@link NormForward#batch}. */
  void batch(int count, NormTensors t) {
    set(count, t);
    moments.runRows(rows * channels, plane);
    pool.run(parametersOfBatch, channels);
    normalise.runRows(rows * channels, plane);
    clear();
  }

  private void set(int count, NormTensors t) {
    rows = count;
    channels = (int) t.scale().size();
    plane = t.x().columns() / channels;
    activation = t.activation();
    x = CpuStorage.floats(t.x());
    xOffset = (int) t.x().offset();
    scale = CpuStorage.floats(t.scale());
    scaleOffset = (int) t.scale().offset();
    mean = CpuStorage.floats(t.mean());
    meanOffset = (int) t.mean().offset();
    inverse = CpuStorage.floats(t.inverse());
    inverseOffset = (int) t.inverse().offset();
    Tensor operand = activation.needsInput() ? t.pre() : t.y();
    known = CpuStorage.floats(operand);
    knownOffset = (int) operand.offset();
    dy = CpuStorage.floats(t.dy());
    dyOffset = (int) t.dy().offset();
    scaleGradient = CpuStorage.floats(t.scaleGradient());
    scaleGradientOffset = (int) t.scaleGradient().offset();
    shiftGradient = CpuStorage.floats(t.shiftGradient());
    shiftGradientOffset = (int) t.shiftGradient().offset();
    dx = CpuStorage.floats(t.dx());
    dxOffset = (int) t.dx().offset();
    sums.reserve(rows * channels);
    if (channelSums.length < channels) {
      channelSums = new double[channels];
      channelProducts = new double[channels];
    }
  }

  private void clear() {
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
