package gpuvae.backend.cpu;

/**
 * The transforms of {@link Winograd}, over tiles or channels side by side. As of {@link Kernels},
 * two providers give the same bits.
 */
interface WinogradKernels {
  /** What a transform may read beyond its last tile: the longest vector. */
  int BEYOND = 16;

  /** Channels of which a vector is transformed together: they stay in the first-level cache. */
  int CHANNELS = 8;

  /** Floats of a scratch array. */
  int SCRATCH = CHANNELS * Winograd.PLACES * BEYOND;

  /**
   * B^T d B of tiles that follow each other, of all channels.
   *
   * @param n how many tiles
   * @param offsets where the 4 x 4 pixels of the tiles' rows begin: channel by channel
   * @param p added to all of them
   * @param v [16, channels, {@link Winograd#BLOCK}]: places {@code stride} apart, written
   */
  void input(
      int channels,
      int n,
      float[] x,
      int[] offsets,
      int p,
      float[] v,
      int v0,
      int stride,
      float[] scratch);

  /**
   * A^T m A + added of tiles that follow each other, of some channels: one or two rows of pixels.
   *
   * @param columns how many pixels of a row, up to two a tile
   * @param rows 1 or 2
   * @param m [16, channels, {@link Winograd#BLOCK}]: places {@code stride} apart; {@link #BEYOND}
   *     are read after them
   * @param added [channels]
   * @param y where the first channel's first row begins, the second {@code width} after it, the
   *     next channel {@code plane} after it
   */
  void output(
      int channels,
      int columns,
      int rows,
      float[] m,
      int m0,
      int stride,
      float[] added,
      int added0,
      float[] y,
      int y0,
      int plane,
      int width,
      float[] scratch);

  /**
   * A dy A^T of tiles that follow each other, channels side by side.
   *
   * @param n how many channels, a multiple of {@link ImageKernels#gradientColumns}
   * @param dy [2, 2 tiles, n]: the second row {@code width} after the first
   * @param d [16, tiles, n]: places {@code stride} apart, written
   */
  void outputGradient(
      int n, int tiles, float[] dy, int dy0, int width, float[] d, int d0, int stride);
}
