package gpuvae.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageGridTest {
  private static final int BACKGROUND = 0x123456;
  private static final int MAGENTA = 0xFF00FF;

  @TempDir Path folder;

  @Test
  void everyPixelOfAGrayGridIsWhereItBelongs() throws IOException {
    float[] values = random(7 * 5 * 3);
    Path file = folder.resolve("new/grid.png");
    ImageGrid grid = ImageGrid.images(1, 5, 3).columns(4).gutter(2).scale(3).background(BACKGROUND);
    assertEquals(0, grid.write(file, values));
    BufferedImage image = ImageIO.read(file.toFile());
    assertEquals(4 * (3 * 3 + 2) + 2, image.getWidth());
    assertEquals(2 * (5 * 3 + 2) + 2, image.getHeight());
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int column = (x - 2) / 11;
        int line = (y - 2) / 17;
        int row = line * 4 + column;
        boolean inside = x >= 2 && y >= 2 && (x - 2) % 11 < 9 && (y - 2) % 17 < 15 && row < 7;
        int expected = BACKGROUND;
        if (inside) {
          float value = values[row * 15 + (y - 2) % 17 / 3 * 3 + (x - 2) % 11 / 3];
          expected = Math.round(value * 255) * 0x010101;
        }
        assertEquals(expected, rgb(image, x, y), "x " + x + " y " + y);
      }
    }
  }

  @Test
  void colourIsPlanar() {
    float[] values = random(2 * 3 * 4 * 5);
    BufferedImage image = ImageGrid.images(3, 4, 5).gutter(0).scale(1).draw(values);
    assertEquals(10, image.getWidth());
    assertEquals(4, image.getHeight());
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 10; x++) {
        int at = x / 5 * 60 + y * 5 + x % 5;
        int expected =
            Math.round(values[at] * 255) << 16
                | Math.round(values[at + 20] * 255) << 8
                | Math.round(values[at + 40] * 255);
        assertEquals(expected, rgb(image, x, y), "x " + x + " y " + y);
      }
    }
  }

  @Test
  void pairsStandOneAboveTheOtherInBlocks() throws IOException {
    float[] originals = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f};
    float[] reconstructions = {0.6f, 0.7f, 0.8f, 0.9f, 1f};
    Path file = folder.resolve("pairs.png");
    ImageGrid grid = ImageGrid.images(1, 1, 1).columns(3).gutter(1).scale(1).background(BACKGROUND);
    assertEquals(0, grid.writePairs(file, originals, reconstructions));
    BufferedImage image = ImageIO.read(file.toFile());
    int[][] expected = {
      {-1, -1, -1, -1, -1, -1, -1},
      {-1, 26, -1, 51, -1, 77, -1},
      {-1, -1, -1, -1, -1, -1, -1},
      {-1, 153, -1, 179, -1, 204, -1},
      {-1, -1, -1, -1, -1, -1, -1},
      {-1, -1, -1, -1, -1, -1, -1},
      {-1, -1, -1, -1, -1, -1, -1},
      {-1, 102, -1, 128, -1, -1, -1},
      {-1, -1, -1, -1, -1, -1, -1},
      {-1, 230, -1, 255, -1, -1, -1},
      {-1, -1, -1, -1, -1, -1, -1},
    };
    assertEquals(expected.length, image.getHeight());
    assertEquals(7, image.getWidth());
    for (int y = 0; y < expected.length; y++) {
      for (int x = 0; x < 7; x++) {
        int gray = expected[y][x];
        assertEquals(
            gray < 0 ? BACKGROUND : gray * 0x010101, rgb(image, x, y), "x " + x + " y " + y);
      }
    }
  }

  @Test
  void clampsAndMarksWhatIsNotFinite() throws IOException {
    float[] values = {-3, 7, Float.NaN, Float.POSITIVE_INFINITY, 0.5f, Float.NEGATIVE_INFINITY};
    Path file = folder.resolve("grid.png");
    assertEquals(3, ImageGrid.images(1, 1, 6).gutter(0).scale(1).write(file, values));
    BufferedImage image = ImageIO.read(file.toFile());
    int[] expected = {0, 0xFFFFFF, MAGENTA, MAGENTA, 0x808080, MAGENTA};
    assertEquals(Arrays.toString(expected), Arrays.toString(line(image, 0)));
    assertEquals(6, ImageGrid.images(1, 1, 6).writePairs(file, values, values));
  }

  @Test
  void defaultsSuitDigitsAndFewerRowsMakeANarrowerGrid() {
    BufferedImage samples = ImageGrid.images(1, 28, 28).draw(random(64 * 784));
    assertEquals(690, samples.getWidth());
    assertEquals(690, samples.getHeight());
    BufferedImage three = ImageGrid.images(1, 28, 28).draw(random(3 * 784));
    assertEquals(3 * 86 + 2, three.getWidth());
    assertEquals(88, three.getHeight());
  }

  @Test
  void barsRiseAboveAndFallBelowTheZeroLine() {
    // The range is [-1, 2] over 40 pixel rows: 2 at row 0, 0 at 26, -1 at 39.
    float[] values = {2, -1, 1, Float.NaN};
    BufferedImage image = ImageGrid.bars(4).gutter(0).scale(1).draw(values);
    assertEquals(21, image.getWidth());
    assertEquals(40, image.getHeight());
    int blue = 0x4C9BE8;
    int orange = 0xE8894C;
    for (int y = 0; y < 40; y++) {
      boolean line = y == 26;
      assertEquals(line ? 0x808080 : 0, rgb(image, 0, y), "gap, y " + y);
      assertEquals(line ? 0x808080 : y < 26 ? blue : 0, rgb(image, 1, y), "2, y " + y);
      assertEquals(line ? 0x808080 : y > 26 ? orange : 0, rgb(image, 6, y), "-1, y " + y);
      boolean high = y >= 13 && y < 26;
      assertEquals(line ? 0x808080 : high ? blue : 0, rgb(image, 11, y), "1, y " + y);
      assertEquals(line ? 0x808080 : MAGENTA, rgb(image, 16, y), "NaN, y " + y);
    }
  }

  @Test
  void barsOfPairsShareOneScale() {
    float[] originals = {4, 4};
    float[] reconstructions = {2, 1};
    BufferedImage image =
        ImageGrid.bars(2).gutter(0).scale(1).drawPairs(originals, reconstructions);
    assertEquals(80, image.getHeight());
    assertEquals(39, bar(image, 2, 0), "4 of 4");
    assertEquals(19, bar(image, 2, 40), "2 of 4");
    assertEquals(10, bar(image, 7, 40), "1 of 4");
  }

  /** How many pixels of bar stand in the tile whose top is at {@code top}. */
  private static int bar(BufferedImage image, int x, int top) {
    int count = 0;
    for (int y = top; y < top + 40; y++) {
      count += rgb(image, x, y) == 0x4C9BE8 ? 1 : 0;
    }
    return count;
  }

  @Test
  void barsOfNothingButZerosAreALine() {
    BufferedImage image = ImageGrid.bars(3).gutter(0).scale(1).draw(new float[3]);
    for (int y = 0; y < 39; y++) {
      assertEquals(0, rgb(image, 2, y), "y " + y);
    }
    assertEquals(0x808080, rgb(image, 2, 39));
  }

  @Test
  void linesAreNamedLeftOfThem() {
    ImageGrid grid = ImageGrid.images(1, 20, 20).columns(2).gutter(1).scale(1).background(0);
    float[] values = new float[3 * 400];
    Arrays.fill(values, 1);
    BufferedImage image = grid.lines(List.of("a", "bcd")).draw(values);
    int left = 2 * 8 + 34; // a margin each side of three letters
    assertEquals(left + 2 * 21, image.getWidth());
    assertEquals(1 + 2 * 21, image.getHeight());
    assertEquals(0, rgb(image, left - 1, 10));
    assertEquals(0xFFFFFF, rgb(image, left, 10));
    assertEquals(8, firstInk(image, 0, 21), "a has no ink in its two upper pixels, at 2 each");
    assertEquals(25, firstInk(image, 21, 43), "b stands in the second line's middle");
  }

  private static int firstInk(BufferedImage image, int from, int to) {
    for (int y = from; y < to; y++) {
      for (int x = 0; x < 40; x++) {
        if (rgb(image, x, y) == 0xE0E0E0) {
          return y;
        }
      }
    }
    return -1;
  }

  @Test
  void aGifShowsEachRowOnceAndBeginsAgain() throws IOException {
    float[] values = random(5 * 6);
    Path file = folder.resolve("rows.gif");
    ImageGrid grid = ImageGrid.images(1, 2, 3).columns(4).scale(2);
    assertEquals(0, grid.writeGif(file, values, 60));
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(in);
      assertEquals(5, reader.getNumImages(true));
      for (int row = 0; row < 5; row++) {
        BufferedImage frame = reader.read(row);
        assertEquals(6, frame.getWidth());
        assertEquals(4, frame.getHeight());
        for (int i = 0; i < 24; i++) {
          int expected = Math.round(values[row * 6 + i / 12 * 3 + i % 6 / 2] * 255) * 0x010101;
          assertEquals(expected, rgb(frame, i % 6, i / 6), "row " + row + " pixel " + i);
        }
      }
    } finally {
      reader.dispose();
    }
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertEquals(1, bytes.split("NETSCAPE2.0\u0003\u0001\u0000\u0000", -1).length - 1);
    String control = "!\u00F9\u0004\u0000\u0006\u0000"; // 6 hundredths of a second
    assertEquals(5, bytes.split(control, -1).length - 1);
  }

  @Test
  void aGifMarksWhatIsNotFinite() throws IOException {
    float[] values = {0.5f, Float.NaN};
    Path file = folder.resolve("rows.gif");
    assertEquals(1, ImageGrid.images(1, 1, 1).scale(1).writeGif(file, values, 100));
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(in);
      assertEquals(0x808080, rgb(reader.read(0), 0, 0));
      assertEquals(MAGENTA, rgb(reader.read(1), 0, 0));
    } finally {
      reader.dispose();
    }
  }

  @Test
  void barsOfAGifShareOneScale() throws IOException {
    Path file = folder.resolve("bars.gif");
    ImageGrid.bars(1).scale(1).writeGif(file, new float[] {4, 1}, 100);
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(in);
      assertEquals(39, bar(reader.read(0), 2, 0));
      assertEquals(10, bar(reader.read(1), 2, 0));
    } finally {
      reader.dispose();
    }
  }

  @Test
  void refusesWhatCannotBeDrawn() {
    ImageGrid grid = ImageGrid.images(1, 2, 3);
    assertRefused("7 values are no whole number of rows of 6", () -> grid.draw(new float[7]));
    assertRefused("0 values are no whole number of rows of 6", () -> grid.draw(new float[0]));
    assertRefused(
        "6 values of originals, 12 of reconstructions",
        () -> grid.drawPairs(new float[6], new float[12]));
    assertRefused(
        "channels is 2: 1 (gray) or 3 (red, green, blue) can be drawn",
        () -> ImageGrid.images(2, 4, 4));
    assertRefused(
        "an image of height 0 and width 4 cannot be drawn", () -> ImageGrid.images(1, 0, 4));
    assertRefused(
        "an image of height 65536 and width 65536 cannot be drawn",
        () -> ImageGrid.images(1, 1 << 16, 1 << 16));
    assertRefused("rows of 0 values cannot be drawn", () -> ImageGrid.bars(0));
    assertRefused("columns is 0, must be at least 1", () -> grid.columns(0));
    assertRefused("gutter is -1, must be at least 0", () -> grid.gutter(-1));
    assertRefused("scale is 0, must be at least 1", () -> grid.scale(0));
    assertRefused(
        "a picture of 600000 x 400000 pixels is too large: draw fewer rows",
        () -> grid.gutter(0).scale(200_000).draw(new float[6]));
  }

  private static void assertRefused(String message, Runnable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }

  private static int rgb(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) & 0xFFFFFF;
  }

  private static int[] line(BufferedImage image, int y) {
    int[] line = new int[image.getWidth()];
    for (int x = 0; x < line.length; x++) {
      line[x] = rgb(image, x, y);
    }
    return line;
  }

  private static float[] random(int count) {
    Random random = new Random(207);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }
}
