package gpuvae.config;

/**
 * The shape of one sample: a picture, row-major as [channels, height, width], or a vector.
 *
 * @param channels 1 for gray, 3 for colour; the length of a vector
 * @param height rows of pixels; 1 for a vector
 * @param width pixels in a row; 1 for a vector
 */
public record Shape(int channels, int height, int width) {
  /** Checks that no dimension is below 1 and that the product fits an int. */
  public Shape {
    Check.atLeastOne("shape.channels", channels);
    Check.atLeastOne("shape.height", height);
    Check.atLeastOne("shape.width", width);
    if ((long) channels * height > Integer.MAX_VALUE
        || (long) channels * height * width > Integer.MAX_VALUE) {
      throw Check.refusal(
          "shape", channels + "x" + height + "x" + width, "fewer than 2^31 values a sample");
    }
  }

  /** A picture. */
  public static Shape image(int channels, int height, int width) {
    return new Shape(channels, height, width);
  }

  /** A vector of {@code length} numbers. */
  public static Shape vector(int length) {
    return new Shape(length, 1, 1);
  }

  /** Values a sample. */
  public int features() {
    return channels * height * width;
  }

  /** Whether a sample can be looked at: gray or colour, more than one pixel. */
  public boolean isImage() {
    return (channels == 1 || channels == 3) && height > 1 && width > 1;
  }

  @Override
  public String toString() {
    return height == 1 && width == 1 ? "" + channels : channels + "x" + height + "x" + width;
  }
}
