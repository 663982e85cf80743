package gpuvae.config;

import java.util.Locale;

/** How a reconstruction is compared with its original. */
public enum Likelihood {
  /** The decoder gives logits of independent Bernoulli variables. */
  BERNOULLI,
  /** Summed squared error: a Gaussian of variance 1/2 but for the constant D/2 ln pi. */
  SQUARED_ERROR;

  /** As in config.json: "squared-error". */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
