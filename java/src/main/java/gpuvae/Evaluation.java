package gpuvae;

import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;

/**
 * Mean losses over a data set, with one sample of z an image.
 *
 * @param samples how many
 * @param elbo lower bound on log p(x), -(reconstruction + kl), nats per sample; NaN without
 *     sampling. As in the losses, a {@link Likelihood#constant} is left out
 * @param elboStandardError of it over samples; NaN without sampling
 * @param reconstruction nats per sample (with squared error, the sum over features)
 * @param kl nats per sample, without its weight; 0 without sampling
 * @param klWeight its weight in {@link #total}
 * @param standardError of the total over samples
 * @param meanSquaredError with squared error, the mean per element; else NaN
 * @param protocol how the data was read: numbers of different protocols cannot be compared
 */
public record Evaluation(
    long samples,
    double elbo,
    double elboStandardError,
    double reconstruction,
    double kl,
    double klWeight,
    double standardError,
    double meanSquaredError,
    String protocol) {

  /** What training minimises: reconstruction + KL weight x KL; with weight 1 the negative ELBO. */
  public double total() {
    return reconstruction + klWeight * kl;
  }

  /** Sums over samples, in their order. */
  static final class Sums {
    private final VaeConfig config;
    private final String protocol;
    private double reconstruction;
    private double kl;
    private final Moments totals = new Moments();
    private final Moments bounds = new Moments();

    Sums(VaeConfig config, String protocol) {
      this.config = config;
      this.protocol = protocol;
    }

    void add(float[] reconstructions, float[] divergences) {
      for (int i = 0; i < reconstructions.length; i++) {
        double divergence = divergences == null ? 0 : divergences[i];
        reconstruction += reconstructions[i];
        kl += divergence;
        totals.add(reconstructions[i] + config.klWeight() * divergence);
        bounds.add(-(reconstructions[i] + divergence));
      }
    }

    Evaluation evaluation() {
      long samples = totals.count();
      boolean sampled = config.isVariational();
      boolean squared = config.likelihood() == Likelihood.SQUARED_ERROR;
      return new Evaluation(
          samples,
          sampled ? -(reconstruction + kl) / samples : Double.NaN,
          sampled ? bounds.standardError() : Double.NaN,
          reconstruction / samples,
          kl / samples,
          config.klWeight(),
          totals.standardError(),
          squared ? reconstruction / samples / config.input().shape().features() : Double.NaN,
          protocol);
    }
  }
}
