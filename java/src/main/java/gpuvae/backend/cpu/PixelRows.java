package gpuvae.backend.cpu;

import java.util.Arrays;

/**
 * A worker's few rows of an image, channels side by side, as a row of {@link Winograd}'s tiles sees
 * them. Of the rows that the next row of tiles sees too, none is laid out twice.
 */
final class PixelRows {
  /** Channels that are laid out together. */
  private static final int TOGETHER = 8;

  private final MatrixKernels kernels;

  /** Side of what a tile sees. */
  private final int seen;

  /** Where the pixels of a tile are: of those outside the image, zeros. */
  final int[] offsets;

  private float[] buffer = {};
  private int channels;
  private int height;
  private int width;
  private int lead;
  private int lanes;
  private int zero;
  private int firstRow;
  private int slot;

  PixelRows(MatrixKernels kernels, int side) {
    this.kernels = kernels;
    seen = side;
    offsets = new int[side * side];
  }

  float[] buffer() {
    return buffer;
  }

  /**
   * For images of so many pixels.
   *
   * @param before rows and columns of the first tile that lie before the image
   * @param stride floats from a pixel to the next
   */
  void prepare(int planes, int rows, int columns, int before, int stride) {
    channels = planes;
    height = rows;
    width = columns;
    lead = before;
    lanes = stride;
    int pixels = 2 * Winograd.SIDE * width * lanes;
    zero = CacheLines.FIRST + pixels;
    buffer = CacheLines.atLeast(buffer, pixels + lanes);
    Arrays.fill(buffer, zero, zero + lanes, 0);
  }

  /**
   * Lays a row of tiles out.
   *
   * @param image where it begins
   * @param next whether the row before was the last
   */
  void load(float[] source, int image, int row, boolean next) {
    int shared = seen - Winograd.SIDE;
    slot = next ? 1 - slot : 1;
    firstRow = row * Winograd.SIDE - lead;
    int from = Math.clamp(next ? firstRow + shared : firstRow, 0, height);
    int count = Math.clamp(firstRow + seen, from, height) - from;
    if (count > 0) {
      int plane = height * width;
      int pixels = count * width;
      // A few channels at a time: the processor foresees only so many runs of memory.
      for (int channel = 0; channel < channels; channel += TOGETHER) {
        kernels.transpose(
            Math.min(TOGETHER, channels - channel),
            pixels,
            source,
            image + from * width + channel * plane,
            plane,
            buffer,
            row(from) + channel,
            lanes);
      }
    }
  }

  /** Where a row of the image is: two by turns have the rows that are seen first. */
  private int row(int y) {
    int shared = seen - Winograd.SIDE;
    int place = slot * Winograd.SIDE + y - firstRow - shared;
    int line = (place + 2 * Winograd.SIDE) % (2 * Winograd.SIDE);
    return CacheLines.FIRST + line * width * lanes;
  }

  /** Sets {@link #offsets} to a tile's. */
  void tile(int column) {
    int x0 = column * Winograd.SIDE - lead;
    for (int i = 0; i < seen; i++) {
      int y = firstRow + i;
      boolean inside = y >= 0 && y < height;
      int row = inside ? row(y) : 0;
      for (int j = 0; j < seen; j++) {
        int x = x0 + j;
        offsets[i * seen + j] = inside && x >= 0 && x < width ? row + x * lanes : zero;
      }
    }
  }
}
