package gpuvae.latent;

import java.util.List;
import java.util.Locale;

/**
 * A plane to look at a latent space on: the space itself if it has two dimensions, else the first
 * two principal components of a data set's latents.
 */
public final class LatentPlane {
  /** Null where the plane is the space. */
  private final PrincipalComponents components;

  private LatentPlane(PrincipalComponents components) {
    this.components = components;
  }

  /**
   * The plane for a data set.
   *
   * @throws IllegalArgumentException if there is one latent dimension only, or there are no
   *     principal components ({@link PrincipalComponents#of})
   */
  public static LatentPlane of(Latents latents) {
    if (latents.latent() == 1) {
      throw new IllegalArgumentException("one latent dimension makes no plane");
    }
    return new LatentPlane(
        latents.latent() == 2 ? null : PrincipalComponents.of(latents.mean(), latents.latent()));
  }

  /** Names of its axes: z_0 and z_1, or the components with the share of variance they explain. */
  public List<String> axes() {
    return components == null ? List.of("z_0", "z_1") : List.of(name(0), name(1));
  }

  private String name(int component) {
    return String.format(
        Locale.ROOT,
        "PC %d (%.1f%% of the variance)",
        component + 1,
        100 * components.explained(component));
  }

  /**
   * Where latents lie on it.
   *
   * @param z [rows, latent]
   * @return [rows, 2]
   */
  public float[] project(float[] z) {
    return components == null ? z.clone() : components.project(z, 2);
  }

  /**
   * The latents at points of it.
   *
   * @param points [rows, 2]
   * @return [rows, latent]
   */
  public float[] latents(float[] points) {
    return components == null ? points.clone() : components.latents(points, 2);
  }
}
