package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.NormTensors;
import gpuvae.backend.Tensor;

/** Norms: a plane's statistics, then, while it is in the first-level cache, its result. */
final class NormForward {
  static final double EPSILON = 1e-5;

  private final Kernels kernels;
  private final ImageKernels images;
  private final WorkerPool pool;
  private final PlaneSums sums;
  private final Planes moments;
  private final Planes normalise;
  private final Planes instance;
  private final Task statistics = this::statistics;
  private final float[] none = {};

  // The operation under way.
  private int rows;
  private int channels;
  private int plane;
  private float[] x;
  private int xOffset;
  private float[] scale;
  private int scaleOffset;
  private float[] shift;
  private int shiftOffset;
  private float[] residual;
  private int residualOffset;
  private Activation activation;
  private float[] mean;
  private int meanOffset;
  private float[] inverse;
  private int inverseOffset;
  private float[] pre;
  private int preOffset;
  private float[] y;
  private int yOffset;
  private float[] inferred = none;

  NormForward(WorkerPool pool, Kernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
    images = kernels.images();
    sums = new PlaneSums(pool);
    moments = new Planes(pool, this::moments);
    normalise = new Planes(pool, this::normaliseByChannel);
    instance = new Planes(pool, this::instance);
  }

  /** Each plane by its own statistics. */
  void instance(int count, NormTensors t) {
    set(count, t, t.pre());
    setStatistics(t.mean(), CpuStorage.floats(t.inverse()), (int) t.inverse().offset());
    instance.runRows(rows * channels, plane);
    clear();
  }

  /** A channel's planes by their common statistics. */
  void batch(int count, NormTensors t) {
    set(count, t, t.pre());
    setStatistics(t.mean(), CpuStorage.floats(t.inverse()), (int) t.inverse().offset());
    moments.runRows(rows * channels, plane);
    pool.run(statistics, channels);
    normalise.runRows(rows * channels, plane);
    clear();
  }

  /** By running statistics. */
  void inference(int count, NormTensors t, Tensor running) {
    set(count, t, t.y());
    if (inferred.length < channels) {
      inferred = new float[channels];
    }
    setStatistics(running, inferred, 0);
    for (int channel = 0; channel < channels; channel++) {
      inferred[channel] = inverse(mean[meanOffset + channels + channel]);
    }
    normalise.runRows(rows * channels, plane);
    clear();
  }

  private void set(int count, NormTensors t, Tensor before) {
    rows = count;
    channels = (int) t.scale().size();
    plane = t.x().columns() / channels;
    x = CpuStorage.floats(t.x());
    xOffset = (int) t.x().offset();
    scale = CpuStorage.floats(t.scale());
    scaleOffset = (int) t.scale().offset();
    shift = CpuStorage.floats(t.shift());
    shiftOffset = (int) t.shift().offset();
    residual = t.residual() == null ? null : CpuStorage.floats(t.residual());
    residualOffset = t.residual() == null ? 0 : (int) t.residual().offset();
    activation = t.activation();
    pre = CpuStorage.floats(before);
    preOffset = (int) before.offset();
    y = CpuStorage.floats(t.y());
    yOffset = (int) t.y().offset();
    sums.reserve(rows * channels);
  }

  private void setStatistics(Tensor means, float[] inverses, int offset) {
    mean = CpuStorage.floats(means);
    meanOffset = (int) means.offset();
    inverse = inverses;
    inverseOffset = offset;
  }

  private void clear() {
    x = scale = shift = residual = mean = inverse = pre = y = none;
  }

  static float inverse(double variance) {
    return (float) (1 / Math.sqrt(variance + EPSILON));
  }

  private void moments(int index, int worker) {
    images.moments(plane, x, xOffset + index * plane, sums.lanes(worker));
    sums.put(index, worker);
  }

  private void instance(int index, int worker) {
    moments(index, worker);
    double average = sums.first(index) / plane;
    mean[meanOffset + index] = (float) average;
    inverse[inverseOffset + index] = inverse(variance(sums.second(index), average, plane));
    normalise(index, index % channels, meanOffset + index, inverseOffset + index);
  }

  /** In double precision the difference of squares is accurate for anything floats can hold. */
  private static double variance(double squares, double average, int count) {
    return Math.max(0, squares / count - average * average);
  }

  private void statistics(int channel, int worker) {
    int count = rows * plane;
    double average = sums.first(rows, channels, channel) / count;
    double variance = variance(sums.second(rows, channels, channel), average, count);
    mean[meanOffset + channel] = (float) average;
    mean[meanOffset + channels + channel] = (float) (variance * count / (count - 1));
    inverse[inverseOffset + channel] = inverse(variance);
  }

  private void normaliseByChannel(int index, int worker) {
    int channel = index % channels;
    normalise(index, channel, meanOffset + channel, inverseOffset + channel);
  }

  private void normalise(int index, int channel, int meanAt, int inverseAt) {
    int from = index * plane;
    images.normalise(
        plane,
        x,
        xOffset + from,
        mean[meanAt],
        inverse[inverseAt] * scale[scaleOffset + channel],
        shift[shiftOffset + channel],
        residual,
        residualOffset + from,
        pre,
        preOffset + from);
    boolean same = pre == y && preOffset == yOffset;
    if (!same || activation.kind() != Activation.Kind.IDENTITY) {
      kernels.activation(plane, pre, preOffset + from, activation, y, yOffset + from);
    }
  }
}
