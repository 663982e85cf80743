package gpuvae.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes one digit in a random hand: picks a way to write it, moves its points, bends and slants
 * it, fits it into the picture and chooses a pen.
 *
 * <p>All randomness comes from the given generator; functions whose last bit may differ between
 * machines are StrictMath's.
 */
final class Handwriting {
  /** Pieces that the curve between two points is drawn in. */
  private static final int PIECES = 6;

  /** Standard deviation by which a point strays, in units of 1/100 of the digit's height. */
  private static final double STRAY = 2.4;

  /** The widest edge, in pixels. */
  private static final double SOFTEST = 0.8;

  /** The largest part by which a line's thickness varies. */
  private static final double PRESSURE = 0.2;

  private Handwriting() {}

  /** Points of a smooth line. */
  private record Line(double[] x, double[] y) {}

  static void write(int digit, SplitMix64 random, Pen pen) {
    List<List<Glyphs.Stroke>> ways = Glyphs.of(digit);
    List<Line> lines = new ArrayList<>();
    double sag = StrictMath.exp(0.13 * random.nextGaussian());
    for (Glyphs.Stroke stroke : ways.get(random.nextInt(ways.size()))) {
      lines.add(smooth(vary(stroke, sag, random)));
    }
    bend(lines, random);
    slant(lines, random);
    double radius = 0.75 + 1.15 * StrictMath.pow(random.nextDouble(), 1.4);
    fit(lines, radius, pen, random);
    pen.take(
        radius, random.between(0.45, SOFTEST), random.between(0, PRESSURE), random.nextDouble());
    for (Line line : lines) {
      pen.draw(line.x, line.y);
    }
  }

  /** Lets the points stray and moves the digit's middle up or down. */
  private static Glyphs.Stroke vary(Glyphs.Stroke stroke, double sag, SplitMix64 random) {
    double[] x = stroke.x().clone();
    double[] y = stroke.y().clone();
    for (int i = 0; i < x.length; i++) {
      x[i] += STRAY * random.nextGaussian();
      y[i] = 100 * StrictMath.pow(y[i] / 100, sag) + STRAY * random.nextGaussian();
    }
    return new Glyphs.Stroke(x, y, stroke.corner());
  }

  /** A Catmull-Rom spline through the points, broken at the corners. */
  private static Line smooth(Glyphs.Stroke stroke) {
    int last = stroke.x().length - 1;
    Line line = new Line(new double[last * PIECES + 1], new double[last * PIECES + 1]);
    for (int i = 0; i < last; i++) {
      int before = i == 0 || stroke.corner()[i] ? i : i - 1;
      int after = i + 1 == last || stroke.corner()[i + 1] ? i + 1 : i + 2;
      for (int piece = 0; piece < PIECES; piece++) {
        double t = (double) piece / PIECES;
        line.x[i * PIECES + piece] = spline(stroke.x(), before, i, after, t);
        line.y[i * PIECES + piece] = spline(stroke.y(), before, i, after, t);
      }
    }
    line.x[last * PIECES] = stroke.x()[last];
    line.y[last * PIECES] = stroke.y()[last];
    return line;
  }

  private static double spline(double[] p, int before, int i, int after, double t) {
    double startSlope = (p[i + 1] - p[before]) / 2;
    double endSlope = (p[after] - p[i]) / 2;
    double rise = p[i + 1] - p[i];
    // Hermite's cubic in Horner's form.
    double cubic = startSlope + endSlope - 2 * rise;
    double square = 3 * rise - 2 * startSlope - endSlope;
    return p[i] + t * (startSlope + t * (square + t * cubic));
  }

  /** Two slow waves, one along each axis. */
  private static void bend(List<Line> lines, SplitMix64 random) {
    double across = 3 * random.nextGaussian();
    double along = 3 * random.nextGaussian();
    double phaseX = random.between(0, 2 * StrictMath.PI);
    double phaseY = random.between(0, 2 * StrictMath.PI);
    for (Line line : lines) {
      for (int i = 0; i < line.x.length; i++) {
        double x = line.x[i];
        line.x[i] += across * StrictMath.sin(line.y[i] * 0.06 + phaseX);
        line.y[i] += along * StrictMath.sin(x * 0.06 + phaseY);
      }
    }
  }

  /** A random affine map: width against height, slant to the right rather than the left, turn. */
  private static void slant(List<Line> lines, SplitMix64 random) {
    double wide = StrictMath.exp(0.14 * random.nextGaussian());
    double shear = 0.12 + 0.17 * random.nextGaussian();
    double angle = 0.1 * random.nextGaussian();
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    for (Line line : lines) {
      for (int i = 0; i < line.x.length; i++) {
        double x = wide * line.x[i] - shear * line.y[i];
        double y = line.y[i];
        line.x[i] = cos * x - sin * y;
        line.y[i] = sin * x + cos * y;
      }
    }
  }

  /** Scales the ink to about 20 pixels and puts its centre of mass near the picture's centre. */
  private static void fit(List<Line> lines, double radius, Pen pen, SplitMix64 random) {
    double left = Double.MAX_VALUE;
    double right = -Double.MAX_VALUE;
    double top = Double.MAX_VALUE;
    double bottom = -Double.MAX_VALUE;
    double length = 0;
    double massX = 0;
    double massY = 0;
    for (Line line : lines) {
      for (int i = 0; i < line.x.length; i++) {
        left = Math.min(left, line.x[i]);
        right = Math.max(right, line.x[i]);
        top = Math.min(top, line.y[i]);
        bottom = Math.max(bottom, line.y[i]);
        if (i > 0) {
          double dx = line.x[i] - line.x[i - 1];
          double dy = line.y[i] - line.y[i - 1];
          double piece = Math.sqrt(dx * dx + dy * dy);
          length += piece;
          massX += piece * (line.x[i] + line.x[i - 1]) / 2;
          massY += piece * (line.y[i] + line.y[i - 1]) / 2;
        }
      }
    }
    double scale = (random.between(18.5, 20.5) - 2 * radius) / Math.max(right - left, bottom - top);
    double shiftX = pen.width() / 2.0 + 0.4 * random.nextGaussian() - scale * massX / length;
    double shiftY = pen.height() / 2.0 + 0.4 * random.nextGaussian() - scale * massY / length;
    // Keeps one pixel's margin free of ink.
    double margin = 1 + (1 + PRESSURE) * radius + SOFTEST;
    shiftX = Math.clamp(shiftX, margin - scale * left, pen.width() - margin - scale * right);
    shiftY = Math.clamp(shiftY, margin - scale * top, pen.height() - margin - scale * bottom);
    for (Line line : lines) {
      for (int i = 0; i < line.x.length; i++) {
        line.x[i] = scale * line.x[i] + shiftX;
        line.y[i] = scale * line.y[i] + shiftY;
      }
    }
  }
}
