package gpuvae.backend.cpu;

import gpuvae.backend.PosteriorHead;
import gpuvae.backend.Tensor;

/** Takes the KL divergence out of the gradient of the latent dimensions that have little of it. */
final class FreeBits {
  private FreeBits() {}

  static void run(
      int rows,
      PosteriorHead head,
      double nats,
      Tensor heads,
      Tensor eps,
      Tensor sigma,
      Tensor dz,
      Tensor dHeads) {
    int latent = dz.columns();
    for (int j = 0; j < latent; j++) {
      double mean = 0.5 * twiceKl(rows, head, latent, j, heads, sigma) / rows;
      if (!(mean > nats)) {
        free(rows, head, latent, j, heads, eps, sigma, dz, dHeads);
      }
    }
  }

  private static double twiceKl(
      int rows, PosteriorHead head, int latent, int column, Tensor heads, Tensor sigma) {
    float[] both = CpuStorage.floats(heads);
    float[] deviation = CpuStorage.floats(sigma);
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      int at = (int) heads.offset() + 2 * row * latent + column;
      float mu = both[at];
      float second = both[at + latent];
      float s = deviation[(int) sigma.offset() + row * latent + column];
      float spread =
          head == PosteriorHead.LOG_VARIANCE
              ? FloatMath.expm1(second) - second
              : Math.fma(s, s, -1) - 2 * FloatMath.log(s);
      sum += Math.fma(mu, mu, spread);
    }
    return sum;
  }

  private static void free(
      int rows,
      PosteriorHead head,
      int latent,
      int column,
      Tensor heads,
      Tensor eps,
      Tensor sigma,
      Tensor dz,
      Tensor dHeads) {
    float[] gradient = CpuStorage.floats(dHeads);
    for (int row = 0; row < rows; row++) {
      int at = row * latent + column;
      float d = CpuStorage.floats(dz)[(int) dz.offset() + at];
      float noise = CpuStorage.floats(eps)[(int) eps.offset() + at];
      float s = CpuStorage.floats(sigma)[(int) sigma.offset() + at];
      int mean = at + row * latent;
      float second = CpuStorage.floats(heads)[(int) heads.offset() + mean + latent];
      int target = (int) dHeads.offset() + mean;
      gradient[target] = d;
      gradient[target + latent] = SigmaGradient.toHead(head, second, s, d * noise);
    }
  }
}
