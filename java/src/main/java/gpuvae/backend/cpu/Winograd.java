package gpuvae.backend.cpu;

import gpuvae.backend.Convolution;

/**
 * Convolutions of 3 x 3 filters without stride by F(4 x 4, 3 x 3) of Lavin and Gray ("Fast
 * algorithms for convolutional neural networks", 2016): tiles of 6 x 6 pixels give 4 x 4 with 36
 * products instead of 144. Y = A^T [(G g G^T) * (B^T d B)] A, of which the products, summed over
 * the channels, are 36 matrix products. The polynomials behind it are taken at the points of {@link
 * WinogradFactors}.
 */
final class Winograd {
  /** Side of a tile of the target. */
  static final int SIDE = 4;

  /** Side of what such a tile sees of the source. */
  static final int SEEN = 6;

  /** Places of a transformed tile. */
  static final int PLACES = SEEN * SEEN;

  /** Tiles that are multiplied together: what they are made of stays in the caches. */
  private static final int BLOCK = 64;

  /** With fewer the transforms cost more than is won. */
  private static final int CHANNELS = 16;

  /** Between places: not a power of two, or all would share a few lines of the caches. */
  private static final int BETWEEN = 16;

  final int sourceChannels;
  final int sourceHeight;
  final int sourceWidth;
  final int targetChannels;
  final int targetHeight;
  final int targetWidth;

  /** Pixels of the first tile that lie before the source. */
  final int lead;

  /** Rows of tiles in an image. */
  final int rows;

  /** Tiles in a row. */
  final int columns;

  /** Rows of tiles, of one image or several, that are multiplied together. */
  final int blockRows;

  private final boolean backward;

  /** From a convolution's input to its output. */
  static Winograd forward(Convolution g) {
    return new Winograd(g, false);
  }

  /** From the gradient of a convolution's output to that of its input. */
  static Winograd backward(Convolution g) {
    return new Winograd(g, true);
  }

  private Winograd(Convolution g, boolean backward) {
    this.backward = backward;
    sourceChannels = backward ? g.outChannels() : g.inChannels();
    sourceHeight = backward ? g.outHeight() : g.inHeight();
    sourceWidth = backward ? g.outWidth() : g.inWidth();
    targetChannels = backward ? g.inChannels() : g.outChannels();
    targetHeight = backward ? g.inHeight() : g.outHeight();
    targetWidth = backward ? g.inWidth() : g.outWidth();
    lead = backward ? g.kernel() - 1 - g.padding() : g.padding();
    rows = Math.ceilDiv(targetHeight, SIDE);
    columns = Math.ceilDiv(targetWidth, SIDE);
    blockRows = Math.max(1, BLOCK / columns);
  }

  /** Whether it is to be expected that this is faster. */
  static boolean pays(Convolution g) {
    return g.kernel() == 3
        && g.stride() == 1
        && Math.min(g.inChannels(), g.outChannels()) >= CHANNELS
        && Math.min(g.outHeight(), g.outWidth()) >= SIDE;
  }

  /** From one place to the next, where each has so many rows of so many floats. */
  static int placeStride(int rows, int columns) {
    return rows * columns + BETWEEN;
  }

  /** Where the filter from a source channel to the first target channel begins. */
  int filter(int source) {
    return 9 * source * (backward ? targetChannels : 1);
  }

  /** From there to the filter to the next target channel. */
  int filterStride() {
    return 9 * (backward ? 1 : sourceChannels);
  }

  /** Whether filters are turned by half: those of a transposed product. */
  boolean turned() {
    return backward;
  }
}
