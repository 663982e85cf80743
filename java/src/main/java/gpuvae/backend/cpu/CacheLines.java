package gpuvae.backend.cpu;

import java.util.Arrays;

/**
 * What the processor fetches from memory. A vector of 512 bits that lies in two of them takes two
 * loads, so arrays are used from an element on that begins a line if the array does. All do with
 * {@code -XX:ObjectAlignmentInBytes=64}, and the largest with G1; others only by chance.
 */
final class CacheLines {
  /** Floats in one. */
  static final int FLOATS = 16;

  /** An array's first element that is used: 16 bytes of header come before the elements. */
  static final int FIRST = 12;

  private CacheLines() {}

  /** An array with room for n floats from {@link #FIRST} on. */
  static float[] floats(int n) {
    return new float[FIRST + n];
  }

  /** Such an array for each worker. */
  static float[][] floats(int workers, int n) {
    float[][] arrays = new float[workers][];
    Arrays.setAll(arrays, worker -> floats(n));
    return arrays;
  }

  /** The array, or a larger one if it has no room for n floats; what it holds is lost then. */
  static float[] atLeast(float[] array, int n) {
    return array.length < FIRST + n ? floats(n) : array;
  }

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
