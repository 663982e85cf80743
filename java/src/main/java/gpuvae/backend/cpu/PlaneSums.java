package gpuvae.backend.cpu;

import java.util.Arrays;

/**
 * Two sums of each plane, in double precision: whoever computes them, a channel's are added image
 * by image.
 */
final class PlaneSums {
  private final double[][] lanes;
  private double[] first = {};
  private double[] second = {};

  PlaneSums(WorkerPool pool) {
    lanes = new double[pool.workers()][2 * Lanes.COUNT];
  }

  /** Makes room. */
  void reserve(int planes) {
    if (first.length < planes) {
      first = new double[planes];
      second = new double[planes];
    }
  }

  /** A worker's lanes for both sums of a plane, cleared. */
  double[] lanes(int worker) {
    Arrays.fill(lanes[worker], 0);
    return lanes[worker];
  }

  /** Adds a worker's lanes up. */
  void put(int plane, int worker) {
    double[] both = lanes[worker];
    first[plane] = Lanes.sum(both);
    System.arraycopy(both, Lanes.COUNT, both, 0, Lanes.COUNT);
    second[plane] = Lanes.sum(both);
  }

  double first(int plane) {
    return first[plane];
  }

  double second(int plane) {
    return second[plane];
  }

  /** A channel's first sum over all images. */
  double first(int rows, int channels, int channel) {
    return sum(first, rows, channels, channel);
  }

  /** A channel's second sum over all images. */
  double second(int rows, int channels, int channel) {
    return sum(second, rows, channels, channel);
  }

  private static double sum(double[] values, int rows, int channels, int channel) {
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      sum += values[row * channels + channel];
    }
    return sum;
  }
}
