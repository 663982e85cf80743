package gpuvae.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;

/**
 * The letters of ASCII as 5 x 7 pixels, and one row below the line. The JDK's own text needs fonts
 * of the system, which servers and containers lack.
 */
final class PixelFont {
  /** Width of a letter with the space behind it. */
  private static final int ADVANCE = 6;

  private static final int COLUMNS = 5;

  /** Height above the line. */
  private static final int HEIGHT = 7;

  /** Each letter from the space on: five columns, the lowest bit on top. */
  private static final String BITS =
      "0000000000 00005F0000 0007000700 147F147F14 242A7F2A12 2313086462 3649562050 0008070300 "
          + "001C224100 0041221C00 2A1C7F1C2A 08083E0808 0080703000 0808080808 0000606000 "
          + "2010080402 3E5149453E 00427F4000 7249494946 2141494D33 1814127F10 2745454539 "
          + "3C4A494931 4121110907 3649494936 464949291E 0000140000 0040340000 0008142241 "
          + "1414141414 0041221408 0201590906 3E415D594E 7C1211127C 7F49494936 3E41414122 "
          + "7F4141413E 7F49494941 7F09090901 3E41415173 7F0808087F 00417F4100 2040413F01 "
          + "7F08142241 7F40404040 7F021C027F 7F0408107F 3E4141413E 7F09090906 3E4151215E "
          + "7F09192946 2649494932 03017F0103 3F4040403F 1F2040201F 3F4038403F 6314081463 "
          + "0304780403 6159494D43 007F414141 0204081020 004141417F 0402010204 4040404040 "
          + "0003070800 2054547840 7F28444438 3844444428 384444287F 3854545418 00087E0902 "
          + "18A4A49C78 7F08040478 00447D4000 2040403D00 7F10284400 00417F4000 7C04780478 "
          + "7C08040478 3844444438 FC18242418 18242418FC 7C08040408 4854545424 04043F4424 "
          + "3C4040207C 1C2040201C 3C4030403C 4428102844 4C9090907C 4464544C44 0008364100 "
          + "0000770000 0041360800 0201020402";

  private static final String[] LETTERS = BITS.split(" ");

  private final int scale;

  /** Letters of so many pixels for each of their own. */
  PixelFont(int scale) {
    this.scale = scale;
  }

  /** Pixels that a text is wide. */
  int width(String text) {
    return text.isEmpty() ? 0 : (text.length() * ADVANCE - 1) * scale;
  }

  /** Pixels that a text stands high above its line. */
  int height() {
    return HEIGHT * scale;
  }

  /** Draws a text from its top left corner; what is not ASCII as a question mark. */
  void draw(Graphics2D picture, String text, int left, int top, Color colour) {
    picture.setColor(colour);
    pixels(text, (x, y) -> fill(picture, new Rectangle(left + x, top + y, scale, scale)));
  }

  /** Draws a text that is read upwards, from its lower left corner. */
  void drawUpwards(Graphics2D picture, String text, int left, int bottom, Color colour) {
    picture.setColor(colour);
    pixels(
        text, (x, y) -> fill(picture, new Rectangle(left + y, bottom - x - scale, scale, scale)));
  }

  private interface Pixel {
    void at(int x, int y);
  }

  private void pixels(String text, Pixel pixel) {
    for (int i = 0; i < text.length(); i++) {
      char letter = text.charAt(i);
      int index = letter < ' ' || letter > '~' ? '?' - ' ' : letter - ' ';
      for (int column = 0; column < COLUMNS; column++) {
        int bits = Integer.parseInt(LETTERS[index], 2 * column, 2 * column + 2, 16);
        for (int y = 0; y <= HEIGHT; y++) {
          if ((bits >> y & 1) != 0) {
            pixel.at((i * ADVANCE + column) * scale, y * scale);
          }
        }
      }
    }
  }

  private static void fill(Graphics2D picture, Rectangle r) {
    picture.fillRect(r.x, r.y, r.width, r.height);
  }
}
