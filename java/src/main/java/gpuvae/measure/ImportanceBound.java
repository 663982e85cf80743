package gpuvae.measure;

import gpuvae.GpuVae;
import gpuvae.data.Dataset;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The importance-weighted lower bound on log p(x): the mean over samples of a data set of log 1/K
 * sum of K importance weights (Burda, Grosse, Salakhutdinov, "Importance weighted autoencoders",
 * 2016, equation 8). With K = 1 it is the ELBO; it rises with K, to log p(x) in the limit.
 *
 * @param weights K
 * @param nats the bound, a sample; as in the losses, a {@link gpuvae.config.Likelihood#constant} is
 *     left out
 * @param standardError of it over the samples; NaN of a single one
 */
public record ImportanceBound(int weights, double nats, double standardError) {
  /** At a time. */
  private static final int KEPT = 1 << 20;

  /**
   * Computes it over all of a data set: K passes through the decoder.
   *
   * @param weights K: 1 to {@value GpuVae#MOST_WEIGHTS}
   * @param done told, now and then, how many rows are
   * @throws IllegalArgumentException as {@link GpuVae#logWeights} does
   */
  public static ImportanceBound of(GpuVae vae, Dataset data, int weights, IntConsumer done) {
    double[] bounds = new double[data.size()];
    int most = Math.clamp(KEPT / Math.max(weights, 1), 1, vae.config().batchSize());
    for (int start = 0; start < bounds.length; start += most) {
      int rows = Math.min(most, bounds.length - start);
      double[] logs = vae.logWeights(data, start, rows, weights);
      for (int row = 0; row < rows; row++) {
        bounds[start + row] = logMeanExp(logs, row * weights, weights);
      }
      done.accept(start + rows);
    }
    double mean = Arrays.stream(bounds).average().orElseThrow();
    double squares = Arrays.stream(bounds).map(bound -> (bound - mean) * (bound - mean)).sum();
    return new ImportanceBound(
        weights, mean, Math.sqrt(squares / (bounds.length - 1) / bounds.length));
  }

  /** log of the mean of exponentials, as if they could not overflow. */
  static double logMeanExp(double[] logs, int from, int count) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, logs[i]);
    }
    if (largest == Double.NEGATIVE_INFINITY) {
      return largest;
    }
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += Math.exp(logs[i] - largest);
    }
    return largest + Math.log(sum / count);
  }
}
