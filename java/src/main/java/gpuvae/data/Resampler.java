package gpuvae.data;

/**
 * Resizes a plane of pixels with a triangle filter, horizontally then vertically: bilinear
 * interpolation where the picture grows, an average over the covered area where it shrinks (the
 * filter widens with the scale, so that no pixel is skipped).
 */
final class Resampler {
  private Resampler() {}

  /** A row-major plane [height, width] as one of [toHeight, toWidth]. */
  static float[] resize(float[] plane, int width, int height, int toWidth, int toHeight) {
    float[] narrowed = alongRows(plane, width, height, toWidth);
    float[] turned = transpose(narrowed, toWidth, height);
    return transpose(alongRows(turned, height, toWidth, toHeight), toHeight, toWidth);
  }

  private static float[] alongRows(float[] plane, int width, int rows, int toWidth) {
    if (width == toWidth) {
      return plane;
    }
    double scale = (double) width / toWidth;
    double support = Math.max(1, scale);
    float[] result = new float[rows * toWidth];
    double[] weights = new double[(int) Math.ceil(2 * support) + 2];
    for (int x = 0; x < toWidth; x++) {
      double centre = (x + 0.5) * scale - 0.5;
      int from = Math.max(0, (int) Math.ceil(centre - support));
      int to = Math.min(width - 1, (int) Math.floor(centre + support));
      double sum = 0;
      for (int i = from; i <= to; i++) {
        weights[i - from] = 1 - Math.abs(i - centre) / support;
        sum += weights[i - from];
      }
      for (int row = 0; row < rows; row++) {
        double value = 0;
        for (int i = from; i <= to; i++) {
          value += weights[i - from] * plane[row * width + i];
        }
        result[row * toWidth + x] = (float) (value / sum);
      }
    }
    return result;
  }

  private static float[] transpose(float[] plane, int width, int height) {
    float[] turned = new float[plane.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        turned[x * height + y] = plane[y * width + x];
      }
    }
    return turned;
  }
}
