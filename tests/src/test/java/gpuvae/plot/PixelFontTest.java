package gpuvae.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PixelFontTest {
  private static String drawn(int width, int height, Consumer<Graphics2D> drawing) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D picture = image.createGraphics();
    drawing.accept(picture);
    picture.dispose();
    StringBuilder text = new StringBuilder();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        text.append((image.getRGB(x, y) & 0xFFFFFF) == 0 ? '.' : '#');
      }
      text.append('\n');
    }
    return text.toString();
  }

  @Test
  void writesToTheRightAndUpwards() {
    PixelFont font = new PixelFont(1);
    assertEquals(11, font.width("L7"));
    assertEquals(7, font.height());
    assertEquals(
        """
        #.....#####
        #.........#
        #.........#
        #........#.
        #.......#..
        #......#...
        #####.#....
        """,
        drawn(11, 7, picture -> font.draw(picture, "L7", 0, 0, Color.WHITE)));
    assertEquals(
        """
        ......#
        ......#
        ......#
        ......#
        #######
        """,
        drawn(7, 5, picture -> font.drawUpwards(picture, "L", 0, 5, Color.WHITE)));
  }

  @Test
  void aScaledLetterHasLargerPixels() {
    PixelFont font = new PixelFont(2);
    assertEquals(10, font.width("-"));
    assertEquals(
        "..........\n".repeat(6) + "##########\n".repeat(2) + "..........\n".repeat(6),
        drawn(10, 14, picture -> font.draw(picture, "-", 0, 0, Color.WHITE)));
  }

  @Test
  void allOfAsciiIsThereAndNoTwoLettersAreAlike() {
    Set<String> seen = new HashSet<>();
    PixelFont font = new PixelFont(1);
    for (char letter = ' '; letter <= '~'; letter++) {
      String text = String.valueOf(letter);
      seen.add(drawn(5, 8, picture -> font.draw(picture, text, 0, 0, Color.WHITE)));
    }
    assertEquals(95, seen.size());
    String other = drawn(5, 8, picture -> font.draw(picture, "\u00E9", 0, 0, Color.WHITE));
    assertEquals(drawn(5, 8, picture -> font.draw(picture, "?", 0, 0, Color.WHITE)), other);
  }
}
