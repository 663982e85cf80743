package gpuvae.backend.cpu;

/**
 * The order in which floats are summed: element j goes to lane j mod 16, lanes are then added as a
 * tree. The same for vectors of any width.
 */
final class Lanes {
  /** How many partial sums there are: one 512-bit vector, or two or four smaller ones. */
  static final int COUNT = 16;

  private Lanes() {}

  /** The sum of the lanes, which are spent. */
  static float sum(float[] lanes) {
    for (int width = COUNT / 2; width > 0; width /= 2) {
      for (int i = 0; i < width; i++) {
        lanes[i] += lanes[i + width];
      }
    }
    return lanes[0];
  }

  /** The sum of the lanes, which are spent. */
  static double sum(double[] lanes) {
    for (int width = COUNT / 2; width > 0; width /= 2) {
      for (int i = 0; i < width; i++) {
        lanes[i] += lanes[i + width];
      }
    }
    return lanes[0];
  }
}
