package gpuvae.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Points on a plane, coloured by class, as one PNG with named axes and a legend. Both axes have one
 * scale, so that distances can be compared.
 *
 * @param title above the plane
 * @param right name of the first coordinate
 * @param up name of the second
 */
public record Scatter(String title, String right, String up) {
  private static final int SIDE = 760;
  private static final int LEFT = 90;
  private static final int TOP = 50;
  private static final int BOTTOM = 80;
  private static final int LEGEND = 130;
  private static final int LEGEND_LINE = 24;
  private static final int MAX_LEGEND = SIDE / LEGEND_LINE;
  private static final double MARGIN = 0.04;
  private static final int TICKS = 8;
  private static final double RADIUS = 2.2;
  private static final int ALPHA = 170;
  private static final Color INK = new Color(0x202020);
  private static final Color GRID = new Color(0xE4E4E4);
  private static final PixelFont FONT = new PixelFont(2);

  /** Ten hues that stay apart for most eyes (Tableau's), for as many classes as digits have. */
  private static final int[] HUES = {
    0x4E79A7, 0xF28E2B, 0xE15759, 0x76B7B2, 0x59A14F, 0xD4B000, 0xB07AA1, 0xFF7FA7, 0x8C613C,
    0x404040
  };

  /** Checks that all names are given. */
  public Scatter {
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(right, "right");
    Objects.requireNonNull(up, "up");
  }

  /** The square of the plane that is shown. */
  private record View(double left, double bottom, double span) {
    static View of(float[] points) {
      double[] low = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
      double[] high = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
      for (int i = 0; i < points.length; i++) {
        low[i % 2] = Math.min(low[i % 2], points[i]);
        high[i % 2] = Math.max(high[i % 2], points[i]);
      }
      double widest = Math.max(high[0] - low[0], high[1] - low[1]);
      double span = (widest == 0 ? 1 : widest) * (1 + 2 * MARGIN);
      return new View((low[0] + high[0] - span) / 2, (low[1] + high[1] - span) / 2, span);
    }

    double x(double value) {
      return LEFT + (value - left) / span * SIDE;
    }

    double y(double value) {
      return TOP + SIDE - (value - bottom) / span * SIDE;
    }
  }

  /**
   * Draws points.
   *
   * @param points finite numbers [rows, 2]
   * @param labels [rows], the class of each; null for none
   * @throws IllegalArgumentException if there is no point, the last is incomplete, a number is not
   *     finite, or there is not one label for each
   */
  public BufferedImage draw(float[] points, int[] labels) {
    check(points, labels);
    int width = LEFT + SIDE + (labels == null ? LEFT / 2 : LEGEND);
    BufferedImage image = new BufferedImage(width, TOP + SIDE + BOTTOM, BufferedImage.TYPE_INT_RGB);
    Graphics2D picture = image.createGraphics();
    try {
      picture.setColor(Color.WHITE);
      picture.fillRect(0, 0, image.getWidth(), image.getHeight());
      View view = View.of(points);
      axes(picture, view);
      List<Integer> classes =
          labels == null ? List.of() : Arrays.stream(labels).sorted().distinct().boxed().toList();
      picture.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      for (int row = 0; row < points.length / 2; row++) {
        int hue = labels == null ? 0 : classes.indexOf(labels[row]);
        dot(picture, view.x(points[2 * row]), view.y(points[2 * row + 1]), RADIUS, hue, ALPHA);
      }
      legend(picture, classes);
    } finally {
      picture.dispose();
    }
    return image;
  }

  /**
   * Draws points as {@link #draw} does into a PNG.
   *
   * @throws IOException naming the file and the reason
   */
  public void write(Path file, float[] points, int[] labels) throws IOException {
    Png.write(file, draw(points, labels));
  }

  private static void check(float[] points, int[] labels) {
    if (points.length == 0 || points.length % 2 != 0) {
      throw new IllegalArgumentException(
          points.length + " values are no whole number of points of 2");
    }
    for (int i = 0; i < points.length; i++) {
      if (!Float.isFinite(points[i])) {
        throw new IllegalArgumentException(
            "point %d has the coordinate %s: only finite ones can be drawn"
                .formatted(i / 2, points[i]));
      }
    }
    if (labels != null && labels.length != points.length / 2) {
      throw new IllegalArgumentException(
          labels.length + " labels for " + points.length / 2 + " points");
    }
  }

  private void axes(Graphics2D picture, View view) {
    double step = step(view.span / TICKS);
    for (long i = (long) Math.ceil(view.left / step); i * step < view.left + view.span; i++) {
      int x = (int) view.x(i * step);
      line(picture, x, TOP, x, TOP + SIDE);
      String text = tick(i, step);
      FONT.draw(picture, text, x - FONT.width(text) / 2, TOP + SIDE + 10, INK);
    }
    for (long i = (long) Math.ceil(view.bottom / step); i * step < view.bottom + view.span; i++) {
      int y = (int) view.y(i * step);
      line(picture, LEFT, y, LEFT + SIDE, y);
      String text = tick(i, step);
      FONT.draw(picture, text, LEFT - 10 - FONT.width(text), y - FONT.height() / 2, INK);
    }
    picture.setColor(INK);
    picture.setStroke(new BasicStroke(1));
    picture.drawRect(LEFT, TOP, SIDE, SIDE);
    FONT.draw(picture, title, LEFT, (TOP - FONT.height()) / 2, INK);
    int centre = LEFT + (SIDE - FONT.width(right)) / 2;
    FONT.draw(picture, right, centre, TOP + SIDE + 45, INK);
    FONT.drawUpwards(picture, up, 15, TOP + (SIDE + FONT.width(up)) / 2, INK);
  }

  private static void line(Graphics2D picture, int x0, int y0, int x1, int y1) {
    picture.setColor(GRID);
    picture.drawLine(x0, y0, x1, y1);
  }

  /** The least of 1, 2 and 5 times a power of ten that is not below. */
  private static double step(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    double times = least / power;
    return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
  }

  private static String tick(long times, double step) {
    int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return BigDecimal.valueOf(times * step)
        .setScale(digits, RoundingMode.HALF_EVEN)
        .toPlainString();
  }

  private static void legend(Graphics2D picture, List<Integer> classes) {
    int left = LEFT + SIDE + 25;
    int shown = classes.size() > MAX_LEGEND ? MAX_LEGEND - 1 : classes.size();
    for (int i = 0; i < shown; i++) {
      int top = TOP + LEGEND_LINE * i;
      dot(picture, left, top + FONT.height() / 2.0, 2.5 * RADIUS, i, 255);
      FONT.draw(picture, classes.get(i).toString(), left + 15, top, INK);
    }
    if (shown < classes.size()) {
      String rest = "+ " + (classes.size() - shown);
      FONT.draw(picture, rest, left + 15, TOP + LEGEND_LINE * shown, INK);
    }
  }

  private static void dot(Graphics2D picture, double x, double y, double r, int hue, int alpha) {
    Color colour = new Color(HUES[hue % HUES.length]);
    picture.setColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), alpha));
    picture.fill(new Ellipse2D.Double(x - r, y - r, 2 * r, 2 * r));
  }
}
