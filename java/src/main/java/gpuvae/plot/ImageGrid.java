package gpuvae.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Draws rows of values, [rows, size], as a grid of tiles in one PNG or one by one in an animated
 * GIF: images ({@link #images}), or bars for data that are no images ({@link #bars}). Immutable:
 * each setting returns a new grid.
 *
 * <p>Image values are clamped to [0, 1]. A value that is not finite is drawn in magenta and counted
 * in the result of {@link #write}, so that a picture of a broken model can still be looked at.
 */
public final class ImageGrid {
  private static final int TILE_PIXELS = 84;
  private static final int PICTURE_PIXELS = 900;
  private static final long MAX_PIXELS = 1L << 28;
  private static final int DARK_GRAY = 0x303030;
  private static final int TEXT_MARGIN = 8;
  private static final Color TEXT = new Color(0xE0E0E0);
  private static final PixelFont FONT = new PixelFont(2);

  private final Tile tile;
  private final int columns;
  private final int gutter;
  private final int scale;
  private final int background;
  private final List<String> lines;

  private ImageGrid(
      Tile tile, int columns, int gutter, int scale, int background, List<String> lines) {
    this.tile = tile;
    this.columns = atLeast(1, "columns", columns);
    this.gutter = atLeast(0, "gutter", gutter);
    this.scale = atLeast(1, "scale", scale);
    this.background = background;
    this.lines = List.copyOf(lines);
  }

  /**
   * A grid of images, each in the order [channels, height, width]. Unless set otherwise: 8 columns,
   * a gutter of 2 dark gray pixels, and a scale that makes small images about 84 pixels wide.
   *
   * @param channels 1 for gray, 3 for red, green and blue
   */
  public static ImageGrid images(int channels, int height, int width) {
    int scale = Math.max(1, TILE_PIXELS / Math.max(height, width));
    return new ImageGrid(new ImageTile(channels, height, width), 8, 2, scale, DARK_GRAY, List.of());
  }

  /**
   * A grid of bar charts, one a row of {@code features} numbers: blue above the zero line, orange
   * below it, all on the scale of the largest value shown. Unless set otherwise: as many columns,
   * at most 8, as about 900 pixels hold, and a scale of 2.
   */
  public static ImageGrid bars(int features) {
    BarTile tile = new BarTile(features, 0, 0);
    int columns = Math.clamp(PICTURE_PIXELS / (2L * tile.width()), 1, 8);
    return new ImageGrid(tile, columns, 2, 2, DARK_GRAY, List.of());
  }

  /** How many tiles stand in a row, at least 1; fewer are drawn where there are fewer. */
  public ImageGrid columns(int columns) {
    return new ImageGrid(tile, columns, gutter, scale, background, lines);
  }

  /** The pixels between tiles and around the grid, at least 0. */
  public ImageGrid gutter(int gutter) {
    return new ImageGrid(tile, columns, gutter, scale, background, lines);
  }

  /** How many pixels wide and high each value is drawn, at least 1. */
  public ImageGrid scale(int scale) {
    return new ImageGrid(tile, columns, gutter, scale, background, lines);
  }

  /** The colour of gutters and empty places, 0xRRGGBB. */
  public ImageGrid background(int rgb) {
    return new ImageGrid(tile, columns, gutter, scale, rgb & 0xFFFFFF, lines);
  }

  /** Names of the lines, from the top, written left of them in ASCII; none unless set. */
  public ImageGrid lines(List<String> names) {
    return new ImageGrid(tile, columns, gutter, scale, background, names);
  }

  /**
   * Draws {@code values}, [rows, size], from left to right and top to bottom.
   *
   * @throws IllegalArgumentException if there is no row or the last is incomplete
   */
  public BufferedImage draw(float[] values) {
    return drawBands(values);
  }

  /**
   * Draws {@code originals} with {@code reconstructions} right below them, in blocks of one line
   * each that stand three gutters apart.
   *
   * @throws IllegalArgumentException if their lengths differ, there is no row or the last is
   *     incomplete
   */
  public BufferedImage drawPairs(float[] originals, float[] reconstructions) {
    if (originals.length != reconstructions.length) {
      throw new IllegalArgumentException(
          originals.length
              + " values of originals, "
              + reconstructions.length
              + " of reconstructions");
    }
    return drawBands(originals, reconstructions);
  }

  /**
   * Draws {@code values} as {@link #draw} does into a PNG.
   *
   * @return how many values were not finite
   * @throws IOException naming the file and the reason
   */
  public long write(Path file, float[] values) throws IOException {
    Png.write(file, draw(values));
    return notFinite(values);
  }

  /**
   * Draws pairs as {@link #drawPairs} does into a PNG.
   *
   * @return how many values were not finite
   * @throws IOException naming the file and the reason
   */
  public long writePairs(Path file, float[] originals, float[] reconstructions) throws IOException {
    Png.write(file, drawPairs(originals, reconstructions));
    return notFinite(originals) + notFinite(reconstructions);
  }

  /**
   * Writes an animated GIF that begins again for ever: each row of {@code values}, [rows, size], is
   * a tile of its own, without a gutter.
   *
   * @param delay of each in milliseconds, rounded down to hundredths of a second
   * @return how many values were not finite
   * @throws IOException naming the file and the reason
   */
  public long writeGif(Path file, float[] values, int delay) throws IOException {
    BufferedImage column = columns(1).gutter(0).lines(List.of()).draw(values);
    int height = tile.height() * scale;
    List<BufferedImage> frames =
        IntStream.range(0, rows(values))
            .mapToObj(row -> column.getSubimage(0, row * height, column.getWidth(), height))
            .toList();
    Gif.write(file, frames, delay);
    return notFinite(values);
  }

  /** Draws blocks: a line of tiles from each band, one below the other. */
  private BufferedImage drawBands(float[]... bands) {
    int rows = rows(bands[0]);
    int across = Math.min(columns, rows);
    int blocks = Math.ceilDiv(rows, across);
    long stepX = (long) tile.width() * scale + gutter;
    long stepY = (long) tile.height() * scale + gutter;
    long between = bands.length == 1 ? 0 : 2L * gutter;
    long blockHeight = bands.length * stepY + between;
    int left = lines.isEmpty() ? gutter : 2 * TEXT_MARGIN + widest();
    BufferedImage image = blank(left + across * stepX, blocks * blockHeight - between + gutter);
    Tile fitted = tile.fitted(bands);
    for (int row = 0; row < rows; row++) {
      long x = left + row % across * stepX;
      long y = gutter + row / across * blockHeight;
      for (int band = 0; band < bands.length; band++) {
        paint(fitted, bands[band], row * tile.size(), image, (int) x, (int) (y + band * stepY));
      }
    }
    writeNames(image, blockHeight, (int) (blockHeight - between - gutter));
    return image;
  }

  private int widest() {
    return lines.stream().mapToInt(FONT::width).max().orElse(0);
  }

  private void writeNames(BufferedImage image, long step, int height) {
    Graphics2D picture = image.createGraphics();
    try {
      for (int i = 0; i < lines.size(); i++) {
        int top = (int) (gutter + i * step) + (height - FONT.height()) / 2;
        FONT.draw(picture, lines.get(i), TEXT_MARGIN, top, TEXT);
      }
    } finally {
      picture.dispose();
    }
  }

  private int rows(float[] values) {
    int size = tile.size();
    if (values.length == 0 || values.length % size != 0) {
      throw new IllegalArgumentException(
          values.length + " values are no whole number of rows of " + size);
    }
    return values.length / size;
  }

  private BufferedImage blank(long width, long height) {
    if (width > MAX_PIXELS / height) {
      throw new IllegalArgumentException(
          "a picture of " + width + " x " + height + " pixels is too large: draw fewer rows");
    }
    BufferedImage image = new BufferedImage((int) width, (int) height, BufferedImage.TYPE_INT_RGB);
    int[] line = new int[(int) width];
    Arrays.fill(line, background);
    image.setRGB(0, 0, (int) width, (int) height, line, 0, 0);
    return image;
  }

  private void paint(
      Tile tile, float[] values, int offset, BufferedImage image, int left, int top) {
    for (int y = 0; y < tile.height(); y++) {
      for (int x = 0; x < tile.width(); x++) {
        int rgb = tile.rgb(values, offset, x, y);
        for (int i = 0; i < scale * scale; i++) {
          image.setRGB(left + x * scale + i % scale, top + y * scale + i / scale, rgb);
        }
      }
    }
  }

  private static long notFinite(float[] values) {
    long count = 0;
    for (float value : values) {
      count += Float.isFinite(value) ? 0 : 1;
    }
    return count;
  }

  private static int atLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", must be at least " + least);
    }
    return value;
  }
}
