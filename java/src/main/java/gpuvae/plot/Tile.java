package gpuvae.plot;

/** How one row of values is drawn: a small picture, a colour for each of its pixels. */
interface Tile {
  /** What a value that is not finite is drawn in: a colour that no gray picture has. */
  int NOT_FINITE = 0xFF00FF;

  /** How many values a row has. */
  int size();

  /** Its width in pixels, before scaling. */
  int width();

  /** Its height in pixels, before scaling. */
  int height();

  /** The colour, 0xRRGGBB, of a pixel of the row that begins at {@code values[offset]}. */
  int rgb(float[] values, int offset, int x, int y);

  /** This tile, fitted to the values that one picture will show. */
  Tile fitted(float[]... values);
}
