package gpuvae.backend;

/**
 * The geometry of a two-dimensional cross-correlation, from images [inChannels, inHeight, inWidth]
 * to images [outChannels, outHeight, outWidth]: {@code out[o, y, x] = sum over i, r, s of in[i, y
 * stride + r - padding, x stride + s - padding] weight[o, i, r, s]}, where what lies outside the
 * image is 0. So there are as many zeros after the last row and column as the output's size asks
 * for, which need not be as many as before the first.
 *
 * @param inChannels channels of the input
 * @param inHeight rows of the input
 * @param inWidth columns of the input
 * @param outChannels channels of the output
 * @param outHeight rows of the output
 * @param outWidth columns of the output
 * @param kernel rows and columns of a filter
 * @param stride pixels of the input from one output pixel to the next
 * @param padding zeros before the first row and column
 */
public record Convolution(
    int inChannels,
    int inHeight,
    int inWidth,
    int outChannels,
    int outHeight,
    int outWidth,
    int kernel,
    int stride,
    int padding) {
  /** Checks that every number is possible. */
  public Convolution {
    boolean possible =
        inChannels > 0
            && inHeight > 0
            && inWidth > 0
            && outChannels > 0
            && outHeight > 0
            && outWidth > 0
            && kernel > 0
            && stride > 0
            && padding >= 0
            && padding < kernel
            && trailing(outHeight, stride, padding, kernel, inHeight) < kernel
            && trailing(outWidth, stride, padding, kernel, inWidth) < kernel;
    if (!possible) {
      throw new IllegalArgumentException(
          "no convolution has %dx%dx%d -> %dx%dx%d, kernel %d, stride %d, padding %d"
              .formatted(
                  inChannels,
                  inHeight,
                  inWidth,
                  outChannels,
                  outHeight,
                  outWidth,
                  kernel,
                  stride,
                  padding));
    }
  }

  /** Zeros after the last row or column; below 0 where the last ones are not used. */
  private static int trailing(int out, int stride, int padding, int kernel, int in) {
    return (out - 1) * stride - padding + kernel - in;
  }

  /** Pixels of an input channel. */
  public int inPlane() {
    return inHeight * inWidth;
  }

  /** Pixels of an output channel. */
  public int outPlane() {
    return outHeight * outWidth;
  }

  /** Values of an input image. */
  public int inFeatures() {
    return inChannels * inPlane();
  }

  /** Values of an output image. */
  public int outFeatures() {
    return outChannels * outPlane();
  }

  /** Values of a filter: inChannels kernel kernel. */
  public int filter() {
    return inChannels * kernel * kernel;
  }
}
