package gpuvae;

import gpuvae.config.VaeConfig;

/** One sample of z for each of several rows, as the device leaves it, and its importance weight. */
final class PosteriorSamples {
  /** [rows, 2 latent]: the mean first. */
  final float[] heads;

  /** [rows, latent]. */
  final float[] sigma;

  /** [rows, latent]. */
  final float[] noise;

  /** [rows]: -log p(x | z) but for its constant. */
  final float[] reconstruction;

  private final int latent;

  PosteriorSamples(VaeConfig config, int rows) {
    latent = config.latent();
    heads = new float[rows * 2 * latent];
    sigma = new float[rows * latent];
    noise = new float[rows * latent];
    reconstruction = new float[rows];
  }

  /** log p(x | z) + log p(z) - log q(z | x); the constants of the last two cancel. */
  double logWeight(int row) {
    double ratio = 0;
    for (int j = 0; j < latent; j++) {
      double deviation = sigma[row * latent + j];
      double eps = noise[row * latent + j];
      double z = heads[row * 2 * latent + j] + deviation * eps;
      ratio += Math.log(deviation) + (eps * eps - z * z) / 2;
    }
    return ratio - reconstruction[row];
  }
}
