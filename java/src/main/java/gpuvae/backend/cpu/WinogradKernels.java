package gpuvae.backend.cpu;

/**
 * The transforms of {@link Winograd}, over channels side by side. As of {@link Kernels}, two
 * providers give the same bits.
 */
interface WinogradKernels {
  /** Channels that are transformed together: they stay in the first-level cache. */
  int CHANNELS = 4 * Lanes.COUNT;

  /** Floats of a scratch array, an array of {@link CacheLines#floats}. */
  int SCRATCH = Winograd.PLACES * CHANNELS;

  /** A tile's pixels to its places. */
  interface Transform {
    /**
     * Transforms a tile.
     *
     * @param n how many channels, a multiple of {@link ImageKernels#gradientColumns}
     * @param offsets where each of the tile's pixels is, row by row
     * @param v [place, n]: places {@code stride} apart, written
     */
    void tile(int n, float[] x, int[] offsets, float[] v, int v0, int stride, float[] scratch);
  }

  /** B^T d B of 6 x 6 pixels. */
  void input(int n, float[] x, int[] offsets, float[] v, int v0, int stride, float[] scratch);

  /** A dy A^T of 4 x 4 pixels. */
  void outputGradient(
      int n, float[] dy, int[] offsets, float[] d, int d0, int stride, float[] scratch);

  /**
   * A^T m A + added, 4 x 4 pixels.
   *
   * @param n how many channels, a multiple of {@link ImageKernels#gradientColumns}
   * @param m [place, n]: places {@code stride} apart
   * @param added from {@link CacheLines#FIRST} on, [n]
   * @param offsets where in y each pixel goes, row by row
   */
  void output(
      int n,
      float[] m,
      int m0,
      int stride,
      float[] added,
      float[] y,
      int[] offsets,
      float[] scratch);

  /**
   * G g G^T.
   *
   * @param n how many target channels, a multiple of {@link ImageKernels#gradientColumns}
   * @param g [9, n]: a filter's elements {@code step} apart
   * @param u [place, n]: places {@code stride} apart, written
   */
  void filter(int n, float[] g, int g0, int step, float[] u, int u0, int stride, float[] scratch);

  /**
   * G^T m G, the gradient of a filter.
   *
   * @param n how many target channels, a multiple of {@link ImageKernels#gradientColumns}
   * @param m [place, n]: places {@code stride} apart
   * @param g [9, n], written
   */
  void filterGradient(int n, float[] m, int m0, int stride, float[] g, int g0, float[] scratch);
}
