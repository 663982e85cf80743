package gpuvae.backend.cpu;

/** What a worker has of a block of images: its tiles, transformed. */
final class WinogradTiles {
  private final WinogradKernels.Transform transform;
  private final float[] scratch = CacheLines.floats(WinogradKernels.SCRATCH);
  private float[] transformed = {};
  final PixelRows pixels;

  /**
   * For one transform.
   *
   * @param side of the tiles that it takes
   */
  WinogradTiles(Kernels kernels, WinogradKernels.Transform transform, int side) {
    this.transform = transform;
    pixels = new PixelRows(kernels.matrices(), side);
  }

  /**
   * From {@link CacheLines#FIRST} on, [place, tile, channel], places {@link Winograd#placeStride}
   * apart.
   */
  float[] transformed() {
    return transformed;
  }

  /**
   * Transforms rows of tiles, counted through all images.
   *
   * @param image floats from an image to the next
   * @param lanes of a pixel
   */
  void run(Winograd w, int from, int to, float[] source, int offset, int image, int lanes) {
    int stride = Winograd.placeStride((to - from) * w.columns, lanes);
    transformed = CacheLines.atLeast(transformed, Winograd.PLACES * stride);
    int tile = CacheLines.FIRST;
    for (int row = from; row < to; row++) {
      boolean next = row > from && row % w.rows > 0;
      pixels.load(source, offset + row / w.rows * image, row % w.rows, next);
      for (int column = 0; column < w.columns; column++, tile += lanes) {
        pixels.tile(column);
        transform.tile(lanes, pixels.buffer(), pixels.offsets, transformed, tile, stride, scratch);
      }
    }
  }
}
