package gpuvae.backend.cpu;

/**
 * The inner loops of convolutional layers. As of {@link Kernels}, two providers give the same bits.
 */
interface ImageKernels {
  /** The transforms of Winograd's convolutions. */
  WinogradKernels winograd();

  /** Target channels of a {@link #tile}. */
  int tileRows();

  /** Positions of a {@link #tile}. */
  int tileColumns();

  /** Target channels are padded to a multiple of this in {@link #products}. */
  int gradientColumns();

  /** So many channels, padded. */
  default int padded(int channels) {
    return Math.ceilDiv(channels, gradientColumns()) * gradientColumns();
  }

  /**
   * Sums of shifted planes: c[r, j] = sum over l of a[l, r] x[offsets[l] + p + j], each element one
   * chain of fma.
   *
   * @param columns positions that are wanted, at most {@link #tileColumns}
   * @param k length of the chain
   * @param a packed weights: [k, tileRows]
   * @param p the first position
   * @param c where {@link #tileRows} rows are written, of {@link #tileColumns} at most
   */
  void tile(
      int columns,
      int k,
      float[] a,
      int a0,
      float[] x,
      int[] offsets,
      int p,
      float[] c,
      int c0,
      int stride);

  /**
   * Products of rows with vectors, g[l, j] = sum over p of x[x0 + offsets[l] + p step] b[p, j],
   * each sum one chain of fma.
   *
   * @param rows of g
   * @param depth length of the chain
   * @param b [depth, columns]
   * @param columns a multiple of {@link #gradientColumns}
   * @param g [rows, columns]
   * @param add whether the sums are added to what is there
   */
  void products(
      int rows,
      int depth,
      float[] x,
      int x0,
      int[] offsets,
      int step,
      float[] b,
      int b0,
      int columns,
      float[] g,
      int g0,
      boolean add);

  /** target = source + added, row by row. */
  void copyRows(
      int rows,
      int columns,
      float[] source,
      int sourceOffset,
      int sourceStride,
      float added,
      float[] target,
      int targetOffset,
      int targetStride);

  /** target = every second of the source's elements, row by row. */
  void copyEverySecond(
      int rows,
      int columns,
      float[] source,
      int sourceOffset,
      int sourceStride,
      float[] target,
      int targetOffset,
      int targetStride);

  /** Adds to {@link Lanes} values, and to as many lanes after them their squares. */
  void moments(int n, float[] x, int xOffset, double[] lanes);

  /** Adds to {@link Lanes} dy, and to as many lanes after them dy (x - mean). */
  void gradientMoments(
      int n, float[] x, int xOffset, float mean, float[] dy, int dyOffset, double[] lanes);

  /**
   * y = (x - mean) factor + shift + residual.
   *
   * @param residual null for none
   */
  void normalise(
      int n,
      float[] x,
      int xOffset,
      float mean,
      float factor,
      float shift,
      float[] residual,
      int residualOffset,
      float[] y,
      int yOffset);

  /** dx = factor (dy - dyMean - (x - mean) slope). */
  void normaliseBackward(
      int n,
      float[] x,
      int xOffset,
      float mean,
      float factor,
      float dyMean,
      float slope,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset);

  /**
   * The largest of each window of a plane, as {@link gpuvae.backend.ImageOperations#maxPool} says.
   *
   * @param rows of windows
   * @param columns of windows
   * @param width of the plane
   */
  void maxPool(
      int rows,
      int columns,
      int size,
      float[] x,
      int xOffset,
      int width,
      float[] y,
      int yOffset,
      byte[] indices,
      int indicesOffset);

  /** sum = x + y. */
  void add(int n, float[] x, int xOffset, float[] y, int yOffset, float[] sum, int sumOffset);
}
