package gpuvae.backend.cpu;

import gpuvae.backend.PosteriorTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;

/** The importance-weighted bound: weights of a row's samples, and the gradient of the heads. */
final class Importance {
  private Importance() {}

  static void weights(
      StepState state,
      int rows,
      int samples,
      Tensor reconstruction,
      PosteriorTensors t,
      Tensor weights,
      Tensor losses,
      Tensor divergences) {
    double klWeight = klWeight(state);
    float[] result = CpuStorage.floats(weights);
    float[] terms = CpuStorage.floats(reconstruction);
    for (int row = 0; row < rows; row++) {
      int first = row * samples;
      int target = (int) weights.offset() + first;
      double base = 0;
      float most = Float.NEGATIVE_INFINITY;
      for (int s = 0; s < samples; s++) {
        double log =
            klWeight * logRatio(first + s, t) - terms[(int) reconstruction.offset() + first + s];
        // Relative to the first: a float of the whole would lose what weights differ by.
        base = s == 0 ? log : base;
        result[target + s] = (float) (log - base);
        most = Math.max(most, result[target + s]);
      }
      double sum = 0;
      for (int s = 0; s < samples; s++) {
        result[target + s] = FloatMath.exp(result[target + s] - most);
        sum += result[target + s];
      }
      for (int s = 0; s < samples; s++) {
        result[target + s] = (float) (result[target + s] / sum);
      }
      float divergence = CpuStorage.floats(t.kl())[(int) t.kl().offset() + first];
      double bound = base + most + FloatMath.log((float) (sum / samples));
      CpuStorage.floats(losses)[(int) losses.offset() + row] =
          (float) (-bound - klWeight * divergence);
      CpuStorage.floats(divergences)[(int) divergences.offset() + row] = divergence;
    }
  }

  /** ln p(z) - ln q(z|x) of one sample. */
  private static double logRatio(int row, PosteriorTensors t) {
    Tensor eps = t.eps();
    Tensor sigma = t.sigma();
    Tensor z = t.z();
    int latent = z.columns();
    int at = row * latent;
    float[] noise = CpuStorage.floats(eps);
    float[] deviation = CpuStorage.floats(sigma);
    float[] sample = CpuStorage.floats(z);
    double sum = 0;
    for (int j = 0; j < latent; j++) {
      double e = noise[(int) eps.offset() + at + j];
      double v = sample[(int) z.offset() + at + j];
      sum += 0.5 * (e * e - v * v) + FloatMath.log(deviation[(int) sigma.offset() + at + j]);
    }
    return sum;
  }

  static void backward(StepState state, int rows, PosteriorTensors t, Tensor weights) {
    Tensor heads = t.heads();
    Tensor eps = t.eps();
    Tensor sigma = t.sigma();
    Tensor z = t.z();
    Tensor dz = t.dz();
    Tensor dHeads = t.dHeads();
    int latent = z.columns();
    float klWeight = (float) klWeight(state);
    float[] gradient = CpuStorage.floats(dHeads);
    for (int row = 0; row < rows; row++) {
      float weight = klWeight * CpuStorage.floats(weights)[(int) weights.offset() + row];
      for (int j = 0; j < latent; j++) {
        int at = row * latent + j;
        float s = CpuStorage.floats(sigma)[(int) sigma.offset() + at];
        float noise = CpuStorage.floats(eps)[(int) eps.offset() + at];
        float sample = CpuStorage.floats(z)[(int) z.offset() + at];
        float d = Math.fma(weight, sample, CpuStorage.floats(dz)[(int) dz.offset() + at]);
        int mean = at + row * latent;
        float second = CpuStorage.floats(heads)[(int) heads.offset() + mean + latent];
        int target = (int) dHeads.offset() + mean;
        gradient[target] = d;
        gradient[target + latent] =
            SigmaGradient.toHead(t.head(), second, s, Math.fma(d, noise, -weight / s));
      }
    }
  }

  private static double klWeight(StepState state) {
    return Double.longBitsToDouble(CpuStorage.longs(state.words())[StepState.KL_WEIGHT]);
  }
}
