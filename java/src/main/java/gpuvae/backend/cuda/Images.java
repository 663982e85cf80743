package gpuvae.backend.cuda;

import gpuvae.backend.Tensor;

/**
 * A batch of images as kernels see it.
 *
 * @param rows images
 * @param channels planes of an image
 * @param plane values of a plane
 */
record Images(int rows, int channels, int plane) {
  /** Groups of four values that a block sums at least, and most blocks a channel. */
  private static final int SHARE = 1024;

  private static final int MOST_PARTS = 1024;

  /** Checks that kernels, which count with ints, can. */
  Images {
    Math.multiplyExact(rows, Math.max(channels, 4 * Math.ceilDiv(plane, 4)));
  }

  /**
   * The first rows of a tensor.
   *
   * @param perChannel of as many elements as there are channels
   */
  static Images of(int rows, Tensor images, Tensor perChannel) {
    int channels = (int) perChannel.size();
    return new Images(rows, channels, images.columns() / channels);
  }

  /** Planes of all images. */
  int planes() {
    return rows * channels;
  }

  /** Chunks of a channel, whose moments are put together in order. */
  int chunks() {
    return Math.ceilDiv(rows * Math.ceilDiv(plane, 4), SHARE);
  }

  /** Blocks that a channel is summed by: part of the order of the sum. */
  int parts() {
    return Math.min(chunks(), MOST_PARTS);
  }
}
