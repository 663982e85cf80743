package gpuvae;

import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;

/**
 * Mean losses over a data set, with one sample of z an image.
 *
 * @param samples how many
 * @param reconstruction nats per sample (with squared error, the sum over features)
 * @param kl nats per sample, without its weight; 0 without sampling
 * @param klWeight its weight in {@link #total}
 * @param standardError of the total over samples
 * @param meanSquaredError with squared error, the mean per element; else NaN
 * @param protocol how the data was read: numbers of different protocols cannot be compared
 */
public record Evaluation(
    long samples,
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
    private long samples;
    private double reconstruction;
    private double kl;
    private double mean;
    private double squares;

    Sums(VaeConfig config) {
      this.config = config;
    }

    void add(float[] reconstructions, float[] divergences) {
      for (int i = 0; i < reconstructions.length; i++) {
        double divergence = divergences == null ? 0 : divergences[i];
        reconstruction += reconstructions[i];
        kl += divergence;
        samples++;
        // Welford's update: no difference of large sums.
        double total = reconstructions[i] + config.klWeight() * divergence;
        double delta = total - mean;
        mean += delta / samples;
        squares += delta * (total - mean);
      }
    }

    Evaluation evaluation() {
      boolean squared = config.likelihood() == Likelihood.SQUARED_ERROR;
      return new Evaluation(
          samples,
          reconstruction / samples,
          kl / samples,
          config.klWeight(),
          samples > 1 ? Math.sqrt(squares / (samples - 1) / samples) : Double.NaN,
          squared ? reconstruction / samples / config.input().shape().features() : Double.NaN,
          config.input().protocol());
    }
  }
}
