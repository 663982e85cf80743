package gpuvae.data;

/**
 * What a model is trained on and what it is tested on.
 *
 * @param train the training set
 * @param test the test set: no sample of it is in the training set's files or rows
 * @param origin one line that says which data this is, where it came from and, where there was a
 *     choice, why
 */
public record Split(Dataset train, Dataset test, String origin) {
  /**
   * Checks that both sets have the same kind of samples.
   *
   * @throws IllegalArgumentException if they do not
   */
  public Split {
    if (train.features() != test.features()
        || train.isBytes() != test.isBytes()
        || !train.shape().equals(test.shape())) {
      throw new IllegalArgumentException(
          "training and test samples differ: " + train + "; " + test);
    }
  }

  /**
   * The first rows of both sets.
   *
   * @param rows how many of each, at least 1
   * @return a split with the same origin
   * @throws IllegalArgumentException if rows is below 1
   */
  public Split limit(int rows) {
    return new Split(train.limit(rows), test.limit(rows), origin);
  }

  /** The rule for data without a test set of its own: rows 9, 19, 29 ... are the test set. */
  static boolean isTest(int row, int size) {
    return size < 10 ? row == size - 1 : row % 10 == 9;
  }

  /** How many of the rows are the test set. */
  static int testSize(int size) {
    return size < 10 ? 1 : size / 10;
  }
}
