package gpuvae.latent;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How much each latent dimension says about the data.
 *
 * @param kl for each dimension, the KL divergence of the posteriors from the standard normal, in
 *     nats, averaged over the samples
 */
public record LatentImportance(double[] kl) {
  /**
   * Measures it: KL = 1/2 (mu^2 + sigma^2 - 1 - 2 ln sigma).
   *
   * @throws IllegalArgumentException if the latents have no sigma
   */
  public static LatentImportance of(Latents latents) {
    if (latents.sigma() == null) {
      throw new IllegalArgumentException(
          "the model does not sample, so its latent dimensions have no KL to be ranked by");
    }
    double[] kl = new double[latents.latent()];
    for (int i = 0; i < latents.mean().length; i++) {
      double mu = latents.mean()[i];
      double sigma = latents.sigma()[i];
      kl[i % kl.length] += 0.5 * (mu * mu + sigma * sigma - 1) - Math.log(sigma);
    }
    for (int i = 0; i < kl.length; i++) {
      kl[i] /= latents.rows();
    }
    return new LatentImportance(kl);
  }

  /** All dimensions, those with most KL first. */
  public int[] ranking() {
    return IntStream.range(0, kl.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> kl[i]).reversed())
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
