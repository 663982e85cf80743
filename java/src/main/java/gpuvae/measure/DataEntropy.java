package gpuvae.measure;

import gpuvae.backend.Binarisation;
import gpuvae.config.InputConfig;
import gpuvae.data.Dataset;

/**
 * Entropy of values in [0, 1] read as probabilities: the part of a binary cross entropy that no
 * model can win. Of gray values x against predictions p, BCE = H(x) + KL(x || p).
 */
public final class DataEntropy {
  private DataEntropy() {}

  /**
   * The mean over samples of sum over features of -x ln x - (1 - x) ln(1 - x).
   *
   * @param input how stored values are read; a binarisation leaves nothing: 0
   * @return nats a sample; NaN where a value is outside [0, 1], as normalised ones are
   */
  public static double of(InputConfig input, Dataset data) {
    if (input.binarisation() != Binarisation.NONE) {
      return 0;
    }
    double sum = 0;
    for (int row = 0; row < data.size(); row++) {
      for (float x : data.input(input, row, 1)) {
        sum += entropy(x);
      }
    }
    return sum / data.size();
  }

  private static double entropy(double x) {
    return x == 0 || x == 1 ? 0 : -x * Math.log(x) - (1 - x) * Math.log1p(-x);
  }
}
