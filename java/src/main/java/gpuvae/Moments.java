package gpuvae;

/** Standard error of the mean of numbers as they come, by Welford: no difference of large sums. */
final class Moments {
  private long count;
  private double mean;
  private double squares;

  void add(double value) {
    count++;
    double delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }

  long count() {
    return count;
  }

  /** Of the mean; NaN of fewer than two numbers. */
  double standardError() {
    return count > 1 ? Math.sqrt(squares / (count - 1) / count) : Double.NaN;
  }
}
