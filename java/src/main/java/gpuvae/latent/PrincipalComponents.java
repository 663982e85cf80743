package gpuvae.latent;

import java.util.Objects;

/**
 * The directions in which latents vary most: the eigenvectors of their covariance, each a unit
 * vector whose largest element is positive.
 */
public final class PrincipalComponents {
  private final int latent;
  private final double[] mean;
  private final SymmetricEigen eigen;

  private PrincipalComponents(int latent, double[] mean, SymmetricEigen eigen) {
    this.latent = latent;
    this.mean = mean;
    this.eigen = eigen;
  }

  /**
   * Finds them.
   *
   * @param z [rows, latent]
   * @throws IllegalArgumentException if there are fewer than two rows, the last is incomplete, or a
   *     value is not finite
   */
  public static PrincipalComponents of(float[] z, int latent) {
    if (z.length % latent != 0 || z.length < 2 * latent) {
      throw new IllegalArgumentException(
          "%d values: principal components need two rows of %d or more"
              .formatted(z.length, latent));
    }
    for (float value : z) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            "principal components need finite latents, one of these is " + value);
      }
    }
    double[] mean = mean(z, latent);
    return new PrincipalComponents(latent, mean, SymmetricEigen.of(covariance(z, latent, mean)));
  }

  private static double[] mean(float[] z, int latent) {
    double[] mean = new double[latent];
    for (int i = 0; i < z.length; i++) {
      mean[i % latent] += z[i];
    }
    for (int i = 0; i < latent; i++) {
      mean[i] /= z.length / latent;
    }
    return mean;
  }

  private static double[][] covariance(float[] z, int latent, double[] mean) {
    double[][] covariance = new double[latent][latent];
    double[] centred = new double[latent];
    int rows = z.length / latent;
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < latent; i++) {
        centred[i] = z[row * latent + i] - mean[i];
        for (int j = 0; j <= i; j++) {
          covariance[i][j] += centred[i] * centred[j];
        }
      }
    }
    for (int i = 0; i < latent; i++) {
      for (int j = 0; j <= i; j++) {
        covariance[i][j] /= rows - 1;
        covariance[j][i] = covariance[i][j];
      }
    }
    return covariance;
  }

  /**
   * The variance along a component.
   *
   * @param component 0 for the one with most
   */
  public double variance(int component) {
    return Math.max(0, eigen.values()[component]);
  }

  /**
   * The share of all variance that lies along a component.
   *
   * @return 0 to 1; 0 if nothing varies
   */
  public double explained(int component) {
    double total = 0;
    for (int i = 0; i < latent; i++) {
      total += variance(i);
    }
    return total == 0 ? 0 : variance(component) / total;
  }

  /**
   * A component.
   *
   * @return [latent], of length 1, a copy
   */
  public float[] direction(int component) {
    float[] direction = new float[latent];
    for (int i = 0; i < latent; i++) {
      direction[i] = (float) eigen.vectors()[component][i];
    }
    return direction;
  }

  /**
   * Coordinates along the first components, measured from the mean of all latents.
   *
   * @param z [rows, latent]
   * @param components how many, 1 to latent
   * @return [rows, components]
   */
  public float[] project(float[] z, int components) {
    Objects.checkIndex(components - 1, latent);
    int rows = z.length / latent;
    float[] coordinates = new float[rows * components];
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < components; k++) {
        double sum = 0;
        for (int i = 0; i < latent; i++) {
          sum += (z[row * latent + i] - mean[i]) * eigen.vectors()[k][i];
        }
        coordinates[row * components + k] = (float) sum;
      }
    }
    return coordinates;
  }

  /**
   * The latents at coordinates along the first components, with 0 along all others: what {@link
   * #project} undoes.
   *
   * @param coordinates [rows, components]
   * @param components how many, 1 to latent
   * @return [rows, latent]
   */
  public float[] latents(float[] coordinates, int components) {
    Objects.checkIndex(components - 1, latent);
    int rows = coordinates.length / components;
    float[] z = new float[rows * latent];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < latent; i++) {
        double sum = mean[i];
        for (int k = 0; k < components; k++) {
          sum += coordinates[row * components + k] * eigen.vectors()[k][i];
        }
        z[row * latent + i] = (float) sum;
      }
    }
    return z;
  }
}
