package gpuvae.measure;

import gpuvae.GpuVae;
import gpuvae.Posterior;
import gpuvae.data.Dataset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which latent dimensions a model uses on some data.
 *
 * @param dimensions all, in their order
 */
public record LatentUse(List<Dimension> dimensions) {
  /**
   * A dimension is active if its posterior mean varies more than this over the data (Burda, Grosse,
   * Salakhutdinov, "Importance weighted autoencoders", 2016, section 4).
   */
  public static final double ACTIVE_VARIANCE = 0.01;

  /** Nats of KL below which a dimension tells next to nothing. */
  private static final double NEXT_TO_NOTHING = 0.01;

  private static final int ROWS = 1000;

  /** Keeps a copy. */
  public LatentUse {
    dimensions = List.copyOf(dimensions);
  }

  /**
   * One dimension of z.
   *
   * @param index from 0
   * @param kl nats a sample that the posterior carries over the prior here
   * @param meanVariance variance of the posterior mean over the samples
   */
  public record Dimension(int index, double kl, double meanVariance) {
    /** Whether it tells one sample from another. */
    public boolean isActive() {
      return meanVariance > ACTIVE_VARIANCE;
    }
  }

  /**
   * Encodes all of a data set, read as in training.
   *
   * @throws IllegalArgumentException if the model does not sample, or for samples of another size
   */
  public static LatentUse of(GpuVae vae, Dataset data) {
    if (!vae.config().isVariational()) {
      throw new IllegalArgumentException(
          vae.config().name() + " does not sample: it has neither posterior nor KL");
    }
    Sums sums = new Sums(vae.config().latent());
    for (int start = 0; start < data.size(); start += ROWS) {
      sums.add(vae.encode(data, start, Math.min(ROWS, data.size() - start)));
    }
    return sums.use();
  }

  /** How many dimensions are active. */
  public int active() {
    return (int) dimensions.stream().filter(Dimension::isActive).count();
  }

  /** Those that carry most KL first. */
  public List<Dimension> byKl() {
    return dimensions.stream()
        .sorted(Comparator.comparingDouble(Dimension::kl).reversed())
        .toList();
  }

  /** Those with a KL above 0.01 nats, those that carry most first. */
  public List<Dimension> carrying() {
    return byKl().stream().filter(dimension -> dimension.kl() > NEXT_TO_NOTHING).toList();
  }

  /** Nats a sample, of all dimensions. */
  public double kl() {
    return dimensions.stream().mapToDouble(Dimension::kl).sum();
  }

  /**
   * What to know and to try where dimensions have collapsed: their posterior is the prior for every
   * sample, so the decoder learns nothing from them.
   *
   * @return a sentence or two; empty if every dimension is active
   */
  public Optional<String> collapse() {
    int all = dimensions.size();
    int active = active();
    if (active == all) {
      return Optional.empty();
    }
    return Optional.of(
        active == 0
            ? "The posterior has collapsed: no latent dimension tells one sample from another, and"
                + " the decoder ignores z. Try a smaller KL weight (beta), at first or throughout,"
                + " or free bits; longer training; a smaller learning rate; a weaker decoder."
            : ("%d of %d latent dimensions have collapsed: they say nothing about a sample. %d"
                    + " latents would do as well; for more to be used, try a smaller KL weight"
                    + " (beta), at first or throughout, or free bits.")
                .formatted(all - active, all, active));
  }

  private static final class Sums {
    private final double[] kl;
    private final double[] mean;
    private final double[] squares;
    private long samples;

    Sums(int latent) {
      kl = new double[latent];
      mean = new double[latent];
      squares = new double[latent];
    }

    void add(Posterior posterior) {
      for (int row = 0; row < posterior.rows(); row++) {
        samples++;
        for (int j = 0; j < kl.length; j++) {
          double mu = posterior.mean()[row * kl.length + j];
          double sigma = posterior.sigma()[row * kl.length + j];
          kl[j] += Gaussians.kl(mu, sigma);
          // Welford's update: no difference of large sums.
          double delta = mu - mean[j];
          mean[j] += delta / samples;
          squares[j] += delta * (mu - mean[j]);
        }
      }
    }

    LatentUse use() {
      List<Dimension> dimensions = new ArrayList<>();
      for (int j = 0; j < kl.length; j++) {
        dimensions.add(new Dimension(j, kl[j] / samples, squares[j] / samples));
      }
      return new LatentUse(dimensions);
    }
  }
}
