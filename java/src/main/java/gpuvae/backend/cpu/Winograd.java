package gpuvae.backend.cpu;

import gpuvae.backend.Convolution;

/**
 * Convolutions of 3 x 3 filters without stride by F(2 x 2, 3 x 3) of Lavin and Gray ("Fast
 * algorithms for convolutional neural networks", 2016): 4 x 4 pixels give 2 x 2 with 16 products
 * instead of 36. Y = A^T [(G g G^T) * (B^T d B)] A, of which the products, summed over the
 * channels, are 16 matrix products; {@link WinogradKernels} has the rest.
 */
final class Winograd {
  /** Tiles that are multiplied together: a multiple of every provider's {@code tileColumns}. */
  static final int BLOCK = 48;

  /** Places of a transformed tile. */
  static final int PLACES = 16;

  /** With fewer the transforms cost more than is won. */
  private static final int CHANNELS = 16;

  /** In smaller images too much of the tiles is not used. */
  private static final int SIDE = 4;

  /** How the 4 x 4 pixels, 2 apart, that tiles are made from lie in the buffer. */
  final Correlation tiles;

  final int sourceChannels;
  final int targetChannels;
  final int targetHeight;
  final int targetWidth;

  /** Where each source channel's tiles begin among those of all, place by place. */
  final int[][] channels;

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
    targetChannels = backward ? g.inChannels() : g.outChannels();
    targetHeight = backward ? g.inHeight() : g.outHeight();
    targetWidth = backward ? g.inWidth() : g.outWidth();
    tiles =
        Correlation.forward(
            new Convolution(
                sourceChannels,
                backward ? g.outHeight() : g.inHeight(),
                backward ? g.outWidth() : g.inWidth(),
                1,
                Math.ceilDiv(targetHeight, 2),
                Math.ceilDiv(targetWidth, 2),
                4,
                2,
                backward ? g.kernel() - 1 - g.padding() : g.padding()));
    channels = new int[PLACES][sourceChannels];
    for (int place = 0; place < PLACES; place++) {
      for (int channel = 0; channel < sourceChannels; channel++) {
        channels[place][channel] = place * placeStride() + channel * BLOCK;
      }
    }
  }

  /** Whether it is to be expected that this is faster. */
  static boolean pays(Convolution g) {
    return g.kernel() == 3
        && g.stride() == 1
        && Math.min(g.inChannels(), g.outChannels()) >= CHANNELS
        && Math.min(g.outHeight(), g.outWidth()) >= SIDE;
  }

  /** Where 4 x 4 pixels of all channels begin in the buffer. */
  int[] offsets() {
    return tiles.blocks[0].offsets();
  }

  /**
   * From one place of all source channels' transformed tiles to the next: no power of two, or all
   * would share a few lines of the first-level cache.
   */
  int placeStride() {
    return sourceChannels * BLOCK + WinogradKernels.BEYOND;
  }

  /** Rows of tiles in a band of an image. */
  int rows(int band) {
    return tiles.rows(tiles.blocks[0], band);
  }

  /** Tiles in a row. */
  int columns() {
    return tiles.targetWidth;
  }

  /** G g G^T of the filter between two channels, for a transposed product turned by half. */
  void filter(float[] weights, int offset, int source, int target, float[] u) {
    int filter = backward ? source * targetChannels + target : target * sourceChannels + source;
    int first = offset + 9 * filter + (backward ? 8 : 0);
    int step = backward ? -1 : 1;
    for (int s = 0; s < 3; s++) {
      float g0 = weights[first + s * step];
      float g1 = weights[first + (3 + s) * step];
      float g2 = weights[first + (6 + s) * step];
      u[s] = g0;
      u[4 + s] = 0.5f * (g0 + g1 + g2);
      u[8 + s] = 0.5f * (g0 - g1 + g2);
      u[12 + s] = g2;
    }
    for (int r = 0; r < PLACES; r += 4) {
      float g0 = u[r];
      float g1 = u[r + 1];
      float g2 = u[r + 2];
      u[r + 1] = 0.5f * (g0 + g1 + g2);
      u[r + 2] = 0.5f * (g0 - g1 + g2);
      u[r + 3] = g2;
    }
  }

  /**
   * G^T m G, the gradient of a filter.
   *
   * @param m changed
   */
  static void filterGradient(float[] m, float[] gradient, int offset) {
    for (int s = 0; s < 4; s++) {
      float half = 0.5f * (m[4 + s] + m[8 + s]);
      m[4 + s] = 0.5f * (m[4 + s] - m[8 + s]);
      m[s] += half;
      m[8 + s] = half + m[12 + s];
    }
    for (int r = 0; r < 3; r++) {
      float half = 0.5f * (m[4 * r + 1] + m[4 * r + 2]);
      gradient[offset + 3 * r] = m[4 * r] + half;
      gradient[offset + 3 * r + 1] = 0.5f * (m[4 * r + 1] - m[4 * r + 2]);
      gradient[offset + 3 * r + 2] = half + m[4 * r + 3];
    }
  }
}
