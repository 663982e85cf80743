package gpuvae.data;

/**
 * The shape of one picture, stored channel by channel, each row by row (CHW).
 *
 * @param channels 1 for grayscale, 3 for red, green and blue
 * @param height in pixels
 * @param width in pixels
 */
public record ImageShape(int channels, int height, int width) {
  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if a size is below 1 or a picture has 2^31 values or more
   */
  public ImageShape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "picture of %d channels, height %d, width %d: each must be at least 1"
              .formatted(channels, height, width));
    }
    if ((double) channels * height * width > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "picture of %d channels, height %d, width %d has more than 2^31 - 1 values"
              .formatted(channels, height, width));
    }
  }

  /**
   * The number of values in one picture.
   *
   * @return channels * height * width
   */
  public int features() {
    return channels * height * width;
  }

  /** As in {@code 1x28x28}. */
  @Override
  public String toString() {
    return channels + "x" + height + "x" + width;
  }
}
