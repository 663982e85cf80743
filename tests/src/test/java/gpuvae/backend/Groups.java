package gpuvae.backend;

/**
 * Which values are normalised together: a plane of an image, or a channel's planes in all rows; and
 * their statistics in double precision, with the errors that are allowed to single precision's.
 */
final class Groups {
  private final int channels;
  private final int plane;
  private final boolean batch;
  final int count;
  final int size;
  final double[] mean;
  final double[] meanError;
  final double[] variance;
  final double[] varianceError;
  final double[] inverse;

  Groups(Pair x, int rows, int channels, boolean batch) {
    this.channels = channels;
    this.batch = batch;
    plane = x.columns / channels;
    count = batch ? channels : rows * channels;
    size = batch ? rows * plane : plane;
    double[] magnitude = new double[count];
    double[] squares = new double[count];
    double[] deviations = new double[count];
    mean = new double[count];
    meanError = new double[count];
    variance = new double[count];
    varianceError = new double[count];
    inverse = new double[count];
    int values = rows * x.columns;
    for (int i = 0; i < values; i++) {
      mean[of(i)] += x.input(i) / size;
      magnitude[of(i)] += Math.abs(x.input(i));
      squares[of(i)] += x.input(i) * x.input(i);
    }
    for (int i = 0; i < values; i++) {
      double deviation = x.input(i) - mean[of(i)];
      deviations[of(i)] += Math.abs(deviation);
      variance[of(i)] += deviation * deviation / size;
    }
    for (int g = 0; g < count; g++) {
      meanError[g] = Tolerances.mean(mean[g], size, magnitude[g], deviations[g]);
      varianceError[g] = Tolerances.variance(variance[g], meanError[g], size, squares[g]);
      inverse[g] = 1 / Math.sqrt(variance[g] + Tolerances.NORM_EPSILON);
    }
  }

  /** The group of an element. */
  int of(int index) {
    int channel = channel(index);
    return batch ? channel : index / (channels * plane) * channels + channel;
  }

  /** The channel of an element. */
  int channel(int index) {
    return index / plane % channels;
  }

  /** Relative. */
  double inverseError(int group) {
    return Tolerances.inverse(variance[group], varianceError[group]);
  }
}
