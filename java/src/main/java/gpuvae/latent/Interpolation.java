package gpuvae.latent;

/** A way from one latent to another. */
public enum Interpolation {
  /** The straight line. */
  LINEAR {
    @Override
    public float[] between(float[] from, float[] to, double share) {
      return combined(from, 1 - share, to, share);
    }
  },

  /**
   * The great arc (Shoemake's slerp): where a standard normal has many dimensions nearly all of it
   * lies on a sphere, which a straight line leaves. Latents that are zero or lie along one line
   * span no arc; between them it is the straight line.
   */
  SPHERICAL {
    @Override
    public float[] between(float[] from, float[] to, double share) {
      double cosine = dot(from, to) / Math.sqrt(dot(from, from) * dot(to, to));
      double angle = Math.acos(Math.clamp(cosine, -1, 1));
      double sine = Math.sin(angle);
      // Not >=: the angle to a zero vector is NaN.
      if (!(sine > ALONG_ONE_LINE)) {
        return LINEAR.between(from, to, share);
      }
      return combined(
          from, Math.sin((1 - share) * angle) / sine, to, Math.sin(share * angle) / sine);
    }
  };

  private static final double ALONG_ONE_LINE = 1e-6;

  /**
   * The latent at a share of the way.
   *
   * @param from [latent]
   * @param to [latent]
   * @param share 0 for {@code from}, 1 for {@code to}
   * @return [latent]
   */
  public abstract float[] between(float[] from, float[] to, double share);

  private static float[] combined(float[] a, double factorA, float[] b, double factorB) {
    float[] sum = new float[a.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = (float) (factorA * a[i] + factorB * b[i]);
    }
    return sum;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
