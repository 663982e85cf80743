package gpuvae.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScatterTest {
  private static final Scatter SCATTER = new Scatter("title", "right", "up");
  private static final int WHITE = 0xFFFFFF;

  @TempDir Path folder;

  /** The plane's frame is 760 pixels wide and high from (90, 50); a margin of 4 % is inside. */
  private static int[] pixel(double right, double up) {
    double inside = 760 / 1.08;
    double margin = 0.04 * inside;
    return new int[] {
      (int) (90 + margin + right * inside), (int) (50 + 760 - margin - up * inside)
    };
  }

  private static int rgb(BufferedImage image, int[] at) {
    return image.getRGB(at[0], at[1]) & 0xFFFFFF;
  }

  @Test
  void pointsStandWhereTheirCoordinatesSay() throws IOException {
    // Twice as wide as high: one scale for both axes leaves it in the middle of the height.
    float[] points = {0, 0, 10, 5, 10, 0};
    Path file = folder.resolve("map.png");
    SCATTER.write(file, points, new int[] {3, 7, 3});
    BufferedImage image = ImageIO.read(file.toFile());
    int lowLeft = rgb(image, pixel(0, 0.25));
    int highRight = rgb(image, pixel(1, 0.75));
    int lowRight = rgb(image, pixel(1, 0.25));
    assertNotEquals(WHITE, lowLeft);
    assertNotEquals(WHITE, highRight);
    assertEquals(lowLeft, lowRight, "points of one class have one colour");
    assertNotEquals(lowLeft, highRight);
    assertEquals(WHITE, rgb(image, pixel(0.013, 0.763)), "nothing is drawn where no point is");
  }

  @Test
  void theLegendHasALineForEachClassAndStopsWhereTheFrameEnds() {
    int lines = 0;
    float[] points = new float[2 * 100];
    BufferedImage few = SCATTER.draw(new float[6], new int[] {8, 4, 8});
    BufferedImage many = SCATTER.draw(points, IntStream.range(0, 100).toArray());
    for (int y = 57; y < 810; y += 24) {
      lines += rgb(few, new int[] {875, y}) != WHITE ? 1 : 0;
    }
    assertEquals(2, lines);
    assertEquals(few.getHeight(), many.getHeight());
    for (int x = 870; x < many.getWidth(); x++) {
      for (int y = 810; y < many.getHeight(); y++) {
        assertEquals(WHITE, rgb(many, new int[] {x, y}), x + ", " + y);
      }
    }
    BufferedImage none = SCATTER.draw(points, null);
    assertTrue(none.getWidth() < few.getWidth(), "without labels there is no legend");
  }

  @Test
  void onePointAndEqualPointsCanBeDrawn() {
    BufferedImage image = SCATTER.draw(new float[] {1e6f, -1e-6f}, null);
    assertNotEquals(WHITE, rgb(image, pixel(0.5, 0.5)));
  }

  @Test
  void namesAreWrittenAlongTheAxes() {
    BufferedImage named = SCATTER.draw(new float[2], null);
    BufferedImage bare = new Scatter("", "", "").draw(new float[2], null);
    assertTrue(differs(named, bare, 90, 10, 200, 40), "title");
    assertTrue(differs(named, bare, 400, 840, 540, 880), "right");
    assertTrue(differs(named, bare, 5, 380, 40, 480), "up");
    assertTrue(!differs(named, bare, 60, 50, 860, 830), "nothing else");
  }

  private static boolean differs(BufferedImage a, BufferedImage b, int x0, int y0, int x1, int y1) {
    for (int y = y0; y < y1; y++) {
      for (int x = x0; x < x1; x++) {
        if (a.getRGB(x, y) != b.getRGB(x, y)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void refusesWhatCannotBeDrawn() {
    assertRefused("0 values are no whole number of points of 2", new float[0], null);
    assertRefused("3 values are no whole number of points of 2", new float[3], null);
    assertRefused("1 labels for 2 points", new float[4], new int[1]);
    assertRefused(
        "point 1 has the coordinate NaN: only finite ones can be drawn",
        new float[] {1, 2, 3, Float.NaN},
        null);
  }

  private static void assertRefused(String message, float[] points, int[] labels) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> SCATTER.draw(points, labels))
            .getMessage());
  }
}
