package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;

/** A channel's bias for all of its plane, and the activation after it; forward and backward. */
final class PlaneBias {
  private final Kernels kernels;
  private final ImageKernels images;
  private final WorkerPool pool;
  private final PlaneSums sums;
  private final Planes forward;
  private final Planes backward;
  private final Task addUp = this::addUp;

  // The operation under way.
  private int rows;
  private int channels;
  private int plane;
  private Activation activation;
  private float[] x;
  private int xOffset;
  private float[] bias;
  private int biasOffset;
  private float[] y;
  private int yOffset;

  PlaneBias(WorkerPool pool, Kernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
    images = kernels.images();
    sums = new PlaneSums(pool);
    forward = new Planes(pool, this::forward);
    backward = new Planes(pool, this::backward);
  }

  /** pre += bias, y = activation(pre). */
  void forward(int count, Tensor pre, Tensor added, Activation function, Tensor output) {
    set(count, pre, added, function, output);
    forward.runRows(rows * channels, plane);
    x = bias = y = null;
  }

  /** dy *= activation'; bias gradient = its sums. */
  void backward(
      int count, Activation function, Tensor input, Tensor gradient, Tensor biasGradient) {
    set(count, input, biasGradient, function, gradient);
    sums.reserve(rows * channels);
    backward.runRows(rows * channels, plane);
    pool.run(addUp, channels);
    x = bias = y = null;
  }

  private void set(int count, Tensor input, Tensor perChannel, Activation function, Tensor other) {
    rows = count;
    channels = (int) perChannel.size();
    plane = input.columns() / channels;
    activation = function;
    x = CpuStorage.floats(input);
    xOffset = (int) input.offset();
    bias = CpuStorage.floats(perChannel);
    biasOffset = (int) perChannel.offset();
    y = CpuStorage.floats(other);
    yOffset = (int) other.offset();
  }

  private void forward(int index, int worker) {
    int from = xOffset + index * plane;
    int to = yOffset + index * plane;
    float added = bias[biasOffset + index % channels];
    images.copyRows(1, plane, x, from, plane, added, x, from, plane);
    if (x != y || from != to || activation.kind() != Activation.Kind.IDENTITY) {
      kernels.activation(plane, x, from, activation, y, to);
    }
  }

  private void backward(int index, int worker) {
    int at = yOffset + index * plane;
    int input = xOffset + index * plane;
    kernels.activationBackward(1, plane, plane, activation, x, input, y, at, null, 0);
    images.moments(plane, y, at, sums.lanes(worker));
    sums.put(index, worker);
  }

  private void addUp(int channel, int worker) {
    bias[biasOffset + channel] = (float) sums.first(rows, channels, channel);
  }
}
