package gpuvae.latent;

import gpuvae.GpuVae;
import gpuvae.Posterior;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import java.util.Objects;

/**
 * Where samples lie in the latent space.
 *
 * @param rows how many
 * @param latent size of z
 * @param mean [rows, latent]
 * @param sigma [rows, latent], standard deviations; null for a model that does not sample
 * @param labels [rows], the class of each sample; null if that is not known
 */
public record Latents(int rows, int latent, float[] mean, float[] sigma, int[] labels) {
  /** Rows encoded at a time: few enough that a set of bytes is never held as floats. */
  private static final int CHUNK = 1024;

  /**
   * Checks that the sizes fit one another.
   *
   * @throws IllegalArgumentException if they do not, or there is no row
   */
  public Latents {
    Objects.requireNonNull(mean, "mean");
    if (rows < 1 || latent < 1 || mean.length != (long) rows * latent) {
      throw new IllegalArgumentException(
          "%d means for %d rows of %d latents".formatted(mean.length, rows, latent));
    }
    if (sigma != null && sigma.length != mean.length) {
      throw new IllegalArgumentException(
          "%d sigmas for %d means".formatted(sigma.length, mean.length));
    }
    if (labels != null && labels.length != rows) {
      throw new IllegalArgumentException("%d labels for %d rows".formatted(labels.length, rows));
    }
  }

  /**
   * Encodes a data set. Pixels are taken as they are: nothing is binarised.
   *
   * @throws IllegalArgumentException if its samples are not of the model's size
   */
  public static Latents of(GpuVae vae, Dataset data) {
    VaeConfig config = vae.config();
    int latent = config.latent();
    int rows = data.size();
    float[] mean = new float[Math.multiplyExact(rows, latent)];
    float[] sigma = config.isVariational() ? new float[mean.length] : null;
    for (int start = 0; start < rows; start += CHUNK) {
      int count = Math.min(CHUNK, rows - start);
      Posterior part = vae.encode(data.input(config.input(), start, count));
      System.arraycopy(part.mean(), 0, mean, start * latent, count * latent);
      if (sigma != null) {
        System.arraycopy(part.sigma(), 0, sigma, start * latent, count * latent);
      }
    }
    return new Latents(rows, latent, mean, sigma, labels(data));
  }

  private static int[] labels(Dataset data) {
    if (!data.hasLabels()) {
      return null;
    }
    int[] labels = new int[data.size()];
    for (int row = 0; row < labels.length; row++) {
      labels[row] = data.label(row);
    }
    return labels;
  }

  /**
   * The mean of one sample.
   *
   * @return [latent], a copy
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public float[] mean(int row) {
    float[] one = new float[latent];
    System.arraycopy(mean, Objects.checkIndex(row, rows) * latent, one, 0, latent);
    return one;
  }
}
