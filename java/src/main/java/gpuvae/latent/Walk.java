package gpuvae.latent;

import java.util.List;

/**
 * A walk from latent to latent.
 *
 * @param points two or more, each [latent]
 * @param interpolation the way from each to the next
 */
public record Walk(List<float[]> points, Interpolation interpolation) {
  /**
   * Checks the points.
   *
   * @throws IllegalArgumentException if they are fewer than two, or not of one size
   */
  public Walk {
    points = List.copyOf(points);
    if (points.size() < 2) {
      throw new IllegalArgumentException("a walk needs two points or more, got " + points.size());
    }
    int latent = points.getFirst().length;
    for (float[] point : points) {
      if (point.length != latent) {
        throw new IllegalArgumentException(
            "a walk of points of %d and of %d latents".formatted(latent, point.length));
      }
    }
  }

  /**
   * The latents to be shown as one line for each leg of the walk.
   *
   * @param steps latents of a leg, both its ends among them, so at least 2
   * @return [legs * steps, latent]
   */
  public float[] legs(int steps) {
    if (steps < 2) {
      throw new IllegalArgumentException("steps is " + steps + ", allowed: 2 and above");
    }
    Rows rows = new Rows((points.size() - 1) * steps, points.getFirst().length);
    for (int leg = 0; leg + 1 < points.size(); leg++) {
      for (int step = 0; step < steps; step++) {
        rows.add(at(leg, step / (steps - 1.0)));
      }
    }
    return rows.values();
  }

  /**
   * The latents to be shown one after the other, again and again: to the last point and back.
   *
   * @param steps from each point to the next, at least 1
   * @return [2 * legs * steps, latent]
   */
  public float[] thereAndBack(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps is " + steps + ", allowed: 1 and above");
    }
    int there = (points.size() - 1) * steps;
    Rows rows = new Rows(2 * there, points.getFirst().length);
    for (int i = 0; i < 2 * there; i++) {
      int position = Math.min(i, 2 * there - i);
      int leg = Math.min(position / steps, points.size() - 2);
      rows.add(at(leg, (position - leg * steps) / (double) steps));
    }
    return rows.values();
  }

  private float[] at(int leg, double share) {
    return interpolation.between(points.get(leg), points.get(leg + 1), share);
  }
}
