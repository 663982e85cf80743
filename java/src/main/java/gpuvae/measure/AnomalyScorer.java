package gpuvae.measure;

import gpuvae.GpuVae;
import gpuvae.Posterior;
import gpuvae.backend.Binarisation;
import gpuvae.backend.Noise;
import gpuvae.backend.Philox;
import gpuvae.config.Likelihood;
import gpuvae.data.Dataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores samples by a model's negative ELBO. The score depends on model and sample alone, not on
 * the call or the other rows: each sample's posterior is taken at the same 16 points, 8 draws of
 * noise and their mirror images. Nothing is binarised. Any number of threads may share a scorer;
 * its model works for one at a time.
 */
public final class AnomalyScorer {
  /** Terms that explain a score. */
  public static final int EXPLAINED = 3;

  private static final int DRAWS = 8;
  private static final int ROWS = 64;

  private final GpuVae vae;
  private final int latent;
  private final int features;
  private final boolean bernoulli;

  /** Each [latent]: where a posterior is taken, in its own standard deviations. */
  private final List<double[]> points;

  /**
   * A scorer.
   *
   * @param vae stays the caller's to close
   */
  public AnomalyScorer(GpuVae vae) {
    this.vae = vae;
    latent = vae.config().latent();
    features = vae.config().input().shape().features();
    bernoulli = vae.config().likelihood() == Likelihood.BERNOULLI;
    points = vae.config().isVariational() ? points(latent) : List.of(new double[latent]);
  }

  private static List<double[]> points(int latent) {
    List<double[]> points = new ArrayList<>();
    for (int draw = 1; draw <= DRAWS; draw++) {
      double[] point = normal(latent, draw);
      points.add(point);
      points.add(Arrays.stream(point).map(x -> -x).toArray());
    }
    return points;
  }

  private static double[] normal(int latent, int draw) {
    double[] normal = new double[latent];
    int[] words = new int[4];
    for (int j = 0; j < latent; j++) {
      Philox.words(0, j / 4, 0, 0, Philox.tag(Noise.EVALUATE, 0, draw), words);
      int pair = j & 2;
      double radius = Math.sqrt(-2 * Math.log(Philox.uniform(words[pair])));
      double angle = 2 * Math.PI * Philox.uniform(words[pair + 1]);
      normal[j] = radius * (j % 2 == 0 ? Math.cos(angle) : Math.sin(angle));
    }
    return normal;
  }

  /** How data sets are read: as the model is trained, but not binarised. */
  public String protocol() {
    return vae.config().input().withBinarisation(Binarisation.NONE).protocol();
  }

  /**
   * Scores of a data set's samples, in their order.
   *
   * @throws IllegalArgumentException if they do not have the size that the model takes
   */
  public List<AnomalyScore> score(Dataset data) {
    List<AnomalyScore> scores = new ArrayList<>(data.size());
    for (int start = 0; start < data.size(); start += ROWS) {
      int rows = Math.min(ROWS, data.size() - start);
      scores.addAll(score(data.input(vae.config().input(), start, rows)));
    }
    return scores;
  }

  /**
   * Scores of samples.
   *
   * @param x [rows, features], in the range that the model is trained on
   * @throws IllegalArgumentException if the length is not a multiple of the features, or 0
   */
  public List<AnomalyScore> score(float[] x) {
    Posterior posterior = vae.encode(x);
    float[] z = new float[posterior.rows() * points.size() * latent];
    for (int row = 0; row < posterior.rows(); row++) {
      for (int p = 0; p < points.size(); p++) {
        for (int j = 0; j < latent; j++) {
          z[(row * points.size() + p) * latent + j] =
              (float)
                  (posterior.mean()[row * latent + j]
                      + sigma(posterior, row, j) * points.get(p)[j]);
        }
      }
    }
    float[] outputs = bernoulli ? vae.logits(z) : vae.decode(z);
    return IntStream.range(0, posterior.rows())
        .mapToObj(row -> score(x, posterior, outputs, row))
        .toList();
  }

  private double sigma(Posterior posterior, int row, int j) {
    return posterior.sigma() == null ? 0 : posterior.sigma()[row * latent + j];
  }

  private AnomalyScore score(float[] x, Posterior posterior, float[] outputs, int row) {
    double[] terms = new double[features];
    for (int p = 0; p < points.size(); p++) {
      int first = (row * points.size() + p) * features;
      for (int i = 0; i < features; i++) {
        terms[i] += term(outputs[first + i], x[row * features + i]) / points.size();
      }
    }
    double kl = 0;
    if (posterior.sigma() != null) {
      for (int j = 0; j < latent; j++) {
        kl += Gaussians.kl(posterior.mean()[row * latent + j], sigma(posterior, row, j));
      }
    }
    List<AnomalyScore.Term> largest =
        IntStream.range(0, features)
            .mapToObj(i -> new AnomalyScore.Term(i, terms[i]))
            .sorted(Comparator.comparingDouble(AnomalyScore.Term::nats).reversed())
            .limit(EXPLAINED)
            .toList();
    return new AnomalyScore(Arrays.stream(terms).sum(), kl, largest);
  }

  private double term(double output, double x) {
    return bernoulli
        ? Math.max(output, 0) - output * x + Math.log1p(Math.exp(-Math.abs(output)))
        : (output - x) * (output - x);
  }

  /**
   * The score that so large a part of samples known to be usual does not exceed: with n of them the
   * one in place ceil(quantile n). The samples must not be those that the model was trained on.
   *
   * @param quantile above 0, at most 1
   * @throws IllegalArgumentException if it is another, or there are no scores
   */
  public static double threshold(Collection<AnomalyScore> heldOut, double quantile) {
    if (!(quantile > 0 && quantile <= 1)) {
      throw new IllegalArgumentException(
          "quantile is " + quantile + ", allowed: above 0, at most 1");
    }
    if (heldOut.isEmpty()) {
      throw new IllegalArgumentException("no held-out scores to take a quantile of");
    }
    double[] sorted = heldOut.stream().mapToDouble(AnomalyScore::value).sorted().toArray();
    return sorted[(int) Math.ceil(quantile * sorted.length) - 1];
  }
}
