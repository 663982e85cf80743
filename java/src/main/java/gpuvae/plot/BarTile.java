package gpuvae.plot;

/**
 * A row of numbers as bars from a zero line: the range [low, high], which contains 0, spans the
 * tile's height.
 */
record BarTile(int size, float low, float high) implements Tile {
  private static final int BAR = 4;
  private static final int GAP = 1;
  private static final int HEIGHT = 40;
  private static final int POSITIVE = 0x4C9BE8;
  private static final int NEGATIVE = 0xE8894C;
  private static final int ZERO_LINE = 0x808080;
  private static final int BACKGROUND = 0x000000;

  BarTile {
    if (size < 1 || size > Integer.MAX_VALUE / (2 * BAR)) {
      throw new IllegalArgumentException("rows of " + size + " values cannot be drawn");
    }
  }

  @Override
  public int width() {
    return size * (BAR + GAP) + GAP;
  }

  @Override
  public int height() {
    return HEIGHT;
  }

  @Override
  public int rgb(float[] values, int offset, int x, int y) {
    int zero = line(0);
    if (y == zero) {
      return ZERO_LINE;
    }
    if (x % (BAR + GAP) < GAP) {
      return BACKGROUND;
    }
    float value = values[offset + x / (BAR + GAP)];
    if (!Float.isFinite(value)) {
      return NOT_FINITE;
    }
    int end = line(value);
    if (y < zero && y >= end) {
      return POSITIVE;
    }
    return y > zero && y <= end ? NEGATIVE : BACKGROUND;
  }

  /** The pixel row of a value: 0 for high, HEIGHT - 1 for low. */
  private int line(float value) {
    double share = high > low ? ((double) high - value) / ((double) high - low) : 1;
    return (int) Math.round(share * (HEIGHT - 1));
  }

  @Override
  public Tile fitted(float[]... values) {
    float min = 0;
    float max = 0;
    for (float[] rows : values) {
      for (float value : rows) {
        if (Float.isFinite(value)) {
          min = Math.min(min, value);
          max = Math.max(max, value);
        }
      }
    }
    return new BarTile(size, min, max);
  }
}
