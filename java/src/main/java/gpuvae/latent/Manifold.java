package gpuvae.latent;

/**
 * Square grids of latents that stand for equal shares of a normal distribution: at its quantiles (i
 * + 1/2) / width. They are laid out as axes are: the first coordinate ascends to the right, the
 * second upwards; lines come from the top.
 */
public final class Manifold {
  private Manifold() {}

  /**
   * Over the prior of a model with two latent dimensions.
   *
   * @param width latents in a line, at least 1
   * @return [width * width, 2]
   */
  public static float[] ofPrior(int width) {
    return grid(width, 1, 1);
  }

  /**
   * Over the plane of the first two principal components, as wide in each as the data lies there.
   *
   * @param components of the latents of a data set, of two dimensions or more
   * @param width latents in a line, at least 1
   * @return [width * width, latent]
   */
  public static float[] ofPlane(PrincipalComponents components, int width) {
    float[] plane =
        grid(width, Math.sqrt(components.variance(0)), Math.sqrt(components.variance(1)));
    return components.latents(plane, 2);
  }

  private static float[] grid(int width, double deviationRight, double deviationUp) {
    if (width < 1) {
      throw new IllegalArgumentException("width is " + width + ", allowed: 1 and above");
    }
    float[] grid = new float[2 * Math.multiplyExact(width, width)];
    for (int i = 0; i < width * width; i++) {
      grid[2 * i] = (float) (deviationRight * quantile(i % width, width));
      grid[2 * i + 1] = (float) (deviationUp * quantile(width - 1 - i / width, width));
    }
    return grid;
  }

  private static double quantile(int i, int width) {
    return NormalQuantiles.at((i + 0.5) / width);
  }
}
