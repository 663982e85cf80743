package gpuvae.config;

import java.util.Locale;

/** How a reconstruction is compared with its original. */
public enum Likelihood {
  /** The decoder gives logits of independent Bernoulli variables. */
  BERNOULLI,
  /** Summed squared error: a Gaussian of variance 1/2 but for the constant D/2 ln pi. */
  SQUARED_ERROR;

  /**
   * What -log p(x | z) has beyond the loss: nats a sample, to be taken from an ELBO of losses where
   * log p(x) itself is wanted. D/2 ln pi for the Gaussian.
   *
   * @param features D, the values of a sample
   */
  public double constant(int features) {
    return this == SQUARED_ERROR ? features / 2.0 * Math.log(Math.PI) : 0;
  }

  /** As in config.json: "squared-error". */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
