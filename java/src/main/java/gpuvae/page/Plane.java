package gpuvae.page;

import gpuvae.latent.Latents;
import gpuvae.latent.PrincipalComponents;
import java.util.Arrays;

/**
 * The plane through the latent space that the map shows: the latents themselves where there are one
 * or two, else the first two principal components of the samples' means.
 *
 * @param origin [latent]
 * @param x first direction, [latent], of length 1
 * @param y second direction, likewise; all 0 with one latent
 * @param words what the axes are
 */
record Plane(float[] origin, float[] x, float[] y, String words) {
  static Plane of(Latents latents) {
    int latent = latents.latent();
    if (latent <= 2) {
      float[] x = {1, 0};
      float[] y = {0, 1};
      return new Plane(
          new float[latent],
          Arrays.copyOf(x, latent),
          Arrays.copyOf(y, latent),
          latent == 1
              ? "Across: the one latent."
              : "Across: the first latent. Upwards: the second.");
    }
    PrincipalComponents components = PrincipalComponents.of(latents.mean(), latent);
    long share = Math.round(100 * (components.explained(0) + components.explained(1)));
    return new Plane(
        components.latents(new float[2], 2),
        components.direction(0),
        components.direction(1),
        "The first two principal components of the means, which hold "
            + share
            + " % of their variance.");
  }

  /**
   * Coordinates of the points of the plane that are nearest to latents.
   *
   * @param z [rows, latent]
   * @return [rows, 2]
   */
  float[] project(float[] z) {
    int latent = origin.length;
    float[] points = new float[z.length / latent * 2];
    for (int i = 0; i < z.length; i++) {
      double distance = z[i] - origin[i % latent];
      points[i / latent * 2] += (float) (distance * x[i % latent]);
      points[i / latent * 2 + 1] += (float) (distance * y[i % latent]);
    }
    return points;
  }

  /**
   * The latents at coordinates.
   *
   * @param points [rows, 2]
   * @return [rows, latent]
   */
  float[] latents(float[] points) {
    int latent = origin.length;
    float[] z = new float[points.length / 2 * latent];
    for (int i = 0; i < z.length; i++) {
      int row = i / latent;
      z[i] =
          origin[i % latent]
              + points[2 * row] * x[i % latent]
              + points[2 * row + 1] * y[i % latent];
    }
    return z;
  }
}
