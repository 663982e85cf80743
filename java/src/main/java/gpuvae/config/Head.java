package gpuvae.config;

import gpuvae.backend.PosteriorHead;
import java.util.Locale;
import java.util.Optional;

/** What follows the encoder's layers. */
public enum Head {
  /** Two heads: the mean and the logarithm of the variance. */
  LOG_VARIANCE(PosteriorHead.LOG_VARIANCE),
  /** Two heads: the mean and sigma through softplus. */
  SOFTPLUS_SIGMA(PosteriorHead.SOFTPLUS_SIGMA),
  /** Two heads: the mean and sigma through ReLU (+1e-6). */
  RELU_SIGMA(PosteriorHead.RELU_SIGMA),
  /** One head, no sampling, no KL term: an autoencoder. */
  NONE(null);

  private final PosteriorHead posterior;

  Head(PosteriorHead posterior) {
    this.posterior = posterior;
  }

  /** How the backend reads the second head; empty for an autoencoder. */
  public Optional<PosteriorHead> posterior() {
    return Optional.ofNullable(posterior);
  }

  /** As in config.json: "log-variance". */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
