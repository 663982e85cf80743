package gpuvae.data;

import java.util.Arrays;

/**
 * Draws lines with soft round edges onto a picture: the ink of a pixel follows the distance of its
 * centre from the nearest line, which smooths edges without oversampling.
 */
final class Pen {
  private final int width;
  private final int height;
  private final double[] ink;
  private double radius;
  private double softness;
  private double pressure;
  private double phase;

  Pen(int width, int height) {
    this.width = width;
    this.height = height;
    ink = new double[width * height];
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /**
   * Chooses how the next lines look.
   *
   * @param radius half the line's thickness, in pixels
   * @param softness half the width of the edge over which the ink fades, in pixels
   * @param pressure by what part the radius varies along a line
   * @param phase where in that variation a line begins, in turns
   */
  void take(double radius, double softness, double pressure, double phase) {
    this.radius = radius;
    this.softness = softness;
    this.pressure = pressure;
    this.phase = phase;
  }

  /** Draws a line through points given in pixels from the picture's upper left corner. */
  void draw(double[] x, double[] y) {
    for (int i = 1; i < x.length; i++) {
      double turns = phase + 1.25 * i / x.length;
      double thickness = radius * (1 + pressure * StrictMath.sin(2 * StrictMath.PI * turns));
      piece(x[i - 1], y[i - 1], x[i], y[i], thickness);
    }
  }

  private void piece(double x0, double y0, double x1, double y1, double thickness) {
    double reach = thickness + softness;
    int left = Math.max(0, (int) Math.floor(Math.min(x0, x1) - reach));
    int right = Math.min(width - 1, (int) Math.ceil(Math.max(x0, x1) + reach));
    int top = Math.max(0, (int) Math.floor(Math.min(y0, y1) - reach));
    int bottom = Math.min(height - 1, (int) Math.ceil(Math.max(y0, y1) + reach));
    double dx = x1 - x0;
    double dy = y1 - y0;
    double square = Math.max(dx * dx + dy * dy, 1e-12);
    for (int row = top; row <= bottom; row++) {
      for (int column = left; column <= right; column++) {
        double px = column + 0.5 - x0;
        double py = row + 0.5 - y0;
        double t = Math.clamp((px * dx + py * dy) / square, 0.0, 1.0);
        double ex = px - t * dx;
        double ey = py - t * dy;
        double distance = Math.sqrt(ex * ex + ey * ey);
        double edge = Math.clamp(0.5 + (thickness - distance) / (2 * softness), 0.0, 1.0);
        double smooth = edge * edge * (3 - 2 * edge);
        int at = row * width + column;
        ink[at] = Math.max(ink[at], smooth);
      }
    }
  }

  /** Writes the picture, one byte a pixel, and clears it for the next. */
  void lift(byte[] values, int offset) {
    for (int i = 0; i < ink.length; i++) {
      values[offset + i] = (byte) Math.round(255 * ink[i]);
    }
    Arrays.fill(ink, 0);
  }
}
