package gpuvae.backend.cpu;

/** What the processor fetches from memory. */
final class CacheLines {
  /** Floats in one. */
  static final int FLOATS = 16;

  private CacheLines() {}

  /**
   * Touches a range in order, which the processor foresees: it is in the second-level cache when it
   * is then read in another order. Worth while for what has left all caches, as weights have after
   * Adam, which passes over more than they hold.
   *
   * @return a sum, to be kept: C2 drops reads whose results nobody wants
   */
  static float touch(float[] x, int from, int n) {
    float sum = 0;
    for (int i = from; i < from + n; i += FLOATS) {
      sum += x[i];
    }
    return sum;
  }
}
