package gpuvae.measure;

/** Formulas of Gaussians. */
final class Gaussians {
  private Gaussians() {}

  /** KL divergence of a Gaussian from the standard normal one, in nats. */
  static double kl(double mean, double sigma) {
    return 0.5 * (mean * mean + (sigma - 1) * (sigma + 1)) - Math.log(sigma);
  }
}
