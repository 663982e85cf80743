package gpuvae.backend.cpu;

import gpuvae.backend.PosteriorHead;
import gpuvae.backend.PosteriorTensors;
import gpuvae.backend.Tensor;

/** Takes the KL divergence out of the gradient of the latent dimensions that have little of it. */
final class FreeBits {
  private FreeBits() {}

  static void run(int rows, double nats, PosteriorTensors t) {
    for (int j = 0; j < t.dz().columns(); j++) {
      double mean = 0.5 * twiceKl(rows, t, j) / rows;
      if (!(mean > nats)) {
        free(rows, t, j);
      }
    }
  }

  private static double twiceKl(int rows, PosteriorTensors t, int column) {
    Tensor heads = t.heads();
    Tensor sigma = t.sigma();
    int latent = sigma.columns();
    float[] both = CpuStorage.floats(heads);
    float[] deviation = CpuStorage.floats(sigma);
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      int at = (int) heads.offset() + 2 * row * latent + column;
      float mu = both[at];
      float second = both[at + latent];
      float s = deviation[(int) sigma.offset() + row * latent + column];
      float spread =
          t.head() == PosteriorHead.LOG_VARIANCE
              ? FloatMath.expm1(second) - second
              : Math.fma(s, s, -1) - 2 * FloatMath.log(s);
      sum += Math.fma(mu, mu, spread);
    }
    return sum;
  }

  private static void free(int rows, PosteriorTensors t, int column) {
    Tensor heads = t.heads();
    Tensor eps = t.eps();
    Tensor sigma = t.sigma();
    Tensor dz = t.dz();
    Tensor dHeads = t.dHeads();
    int latent = dz.columns();
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
      gradient[target + latent] = SigmaGradient.toHead(t.head(), second, s, d * noise);
    }
  }
}
