package gpuvae.measure;

import gpuvae.backend.Binarisation;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;

/**
 * A bound on log p(x) as bits a value of the data, where p(x) is a probability of the data as it is
 * stored.
 *
 * @param bits at most, a value; NaN where that means nothing
 * @param meaning what they are bits of, or why there are none
 */
public record BitsPerDimension(double bits, String meaning) {
  /**
   * Of a lower bound.
   *
   * @param bound on log p(x) in nats a sample, {@link Likelihood#constant} left out
   */
  public static BitsPerDimension of(VaeConfig config, Dataset data, double bound) {
    int features = data.features();
    boolean binarised = config.input().binarisation() != Binarisation.NONE;
    if (config.likelihood() == Likelihood.BERNOULLI) {
      return DataEntropy.of(config.input(), data) == 0
          ? new BitsPerDimension(-bound / features / Math.log(2), "of values that are 0 or 1")
          : none("a Bernoulli likelihood of gray values is no probability of them");
    }
    if (binarised) {
      return none("a Gaussian is no probability of values that are 0 or 1");
    }
    if (!data.isBytes()) {
      return none("a density of numbers depends on their unit");
    }
    // The density is flat over a byte's bin, which is 1/255 of the range wide.
    double nats = (Likelihood.SQUARED_ERROR.constant(features) - bound) / features;
    double bin = Math.log(255 * config.input().deviation());
    return new BitsPerDimension(
        (nats + bin) / Math.log(2), "of bytes, each a bin under a Gaussian of variance 1/2");
  }

  private static BitsPerDimension none(String reason) {
    return new BitsPerDimension(Double.NaN, reason);
  }
}
