package gpuvae.latent;

import java.util.Objects;

/**
 * Latents around a centre that differ from it in one dimension or two, evenly spaced.
 *
 * @param centre [latent]
 * @param range how far it goes from the centre each way, above 0
 * @param width latents from one end to the other, at least 2
 */
public record Traversal(float[] centre, double range, int width) {
  /** Checks the fields. */
  public Traversal {
    Objects.requireNonNull(centre, "centre");
    if (!(range > 0 && range < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "range is " + range + ", allowed: positive, finite numbers");
    }
    if (width < 2) {
      throw new IllegalArgumentException("width is " + width + ", allowed: 2 and above");
    }
  }

  /**
   * A line along each of some dimensions.
   *
   * @return [dimensions * width, latent], each line ascending
   * @throws IndexOutOfBoundsException if there is no such dimension
   */
  public float[] rows(int... dimensions) {
    Rows rows = new Rows(Math.multiplyExact(dimensions.length, width), centre.length);
    for (int dimension : dimensions) {
      Objects.checkIndex(dimension, centre.length);
      for (int i = 0; i < width; i++) {
        rows.add(moved(centre, dimension, offset(i)));
      }
    }
    return rows.values();
  }

  /**
   * A grid over two dimensions, laid out as axes are: one ascends to the right, the other upwards.
   *
   * @return [width * width, latent], lines from the top
   * @throws IndexOutOfBoundsException if there is no such dimension
   */
  public float[] grid(int right, int up) {
    Objects.checkIndex(right, centre.length);
    Objects.checkIndex(up, centre.length);
    Rows rows = new Rows(Math.multiplyExact(width, width), centre.length);
    for (int line = 0; line < width; line++) {
      float[] start = moved(centre, up, offset(width - 1 - line));
      for (int i = 0; i < width; i++) {
        rows.add(moved(start, right, offset(i)));
      }
    }
    return rows.values();
  }

  private double offset(int i) {
    return range * (2.0 * i / (width - 1) - 1);
  }

  private static float[] moved(float[] from, int dimension, double offset) {
    float[] moved = from.clone();
    moved[dimension] += (float) offset;
    return moved;
  }
}
