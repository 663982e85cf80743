package gpuvae.backend;

/** What the encoder's second head gives, beside the mean mu. */
public enum PosteriorHead {
  /** The logarithm of the variance: sigma = exp(lv / 2). */
  LOG_VARIANCE,
  /** sigma = softplus(s). */
  SOFTPLUS_SIGMA,
  /** sigma = max(s, 0) + 1e-6. */
  RELU_SIGMA
}
