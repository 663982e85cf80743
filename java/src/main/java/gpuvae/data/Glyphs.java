package gpuvae.data;

import java.util.Arrays;
import java.util.List;

/**
 * The ways in which people write each digit, as strokes: points that a pen passes through smoothly,
 * x to the right and y downwards, 100 units high. A point with an exclamation mark is a corner.
 */
final class Glyphs {
  /** One movement of the pen, with coordinates and corners by point. */
  record Stroke(double[] x, double[] y, boolean[] corner) {}

  private static final String[][] TEXTS = {
    {
      "40,4 12,16 2,56 26,98 56,76 58,22 34,1 22,6",
      "28,3 6,30 8,78 36,99 58,66 50,16 26,2",
      "38,0 6,22 6,76 38,99 68,72 64,18 36,0 24,6",
      "46,10 26,1 4,40 10,88 36,98 54,58 46,14 32,5"
    },
    {
      "30,0 30,50 30,100",
      "38,0 32,50 26,100",
      "34,0 31,40 28,72 29,100",
      "12,20 30,0! 30,50 30,100",
      "10,20 30,0! 30,100 | 8,100 52,100"
    },
    {
      "6,22 18,4 38,0 56,12 56,32 36,62 4,98! 30,96 64,98",
      "4,20 20,2 44,2 56,20 46,50 20,86 4,94 6,80 22,80 42,94 66,96",
      "2,14 26,0 52,10 52,36 28,68 0,100! 34,96 66,92",
      "8,18 28,0 50,8 50,34 28,70 6,94 14,84 34,90 62,100"
    },
    {
      "6,12 26,0 50,6 54,24 38,42 22,47! 44,50 60,68 50,92 24,100 2,88",
      "6,4 54,2! 26,40! 50,48 60,70 46,94 22,100 2,90",
      "8,14 28,0 52,10 48,32 26,46 20,50 36,47 58,62 54,90 28,100 2,84",
      "4,8 30,0 48,14 40,36 18,46! 42,48 54,68 44,92 12,100"
    },
    {
      "14,2 6,34 2,54! 30,54 66,50 | 52,0 50,50 46,100",
      "50,0 24,34 0,64! 34,64 66,62 | 50,0 49,50 48,100",
      "10,0 8,30 16,48 40,48 56,40 | 58,2 54,40 46,100",
      "12,4 4,36 14,52 38,48 54,10! 52,50 46,100",
      "16,4 10,30 8,52! 34,52 62,48 | 44,18 42,60 40,100"
    },
    {
      "54,2 14,4! 8,44! 30,36 54,48 58,72 42,96 18,100 0,90",
      "14,4 10,44! 32,38 54,50 56,76 36,98 14,100 0,90 | 14,4 36,4 58,0",
      "60,2 34,2 14,16 16,38 40,50 54,70 42,94 18,100 0,90",
      "18,6 12,46! 34,44 50,58 46,84 28,98 4,96 | 18,6 40,6 66,2"
    },
    {
      "48,0 24,22 6,54 6,84 24,100 46,92 54,72 42,56 22,60 8,78",
      "36,0 14,34 2,68 12,96 36,100 54,82 48,62 28,58 10,70 6,80",
      "30,0 16,40 8,76 20,98 42,94 50,74 36,60 18,66 10,80",
      "58,4 34,10 12,40 4,72 18,98 44,96 58,76 46,58 22,62 8,82"
    },
    {
      "2,6 30,4 58,2! 40,46 24,100",
      "2,4 56,2! 42,40 26,100 | 14,52 54,48",
      "4,20 6,4! 32,6 60,2! 46,36 30,66 26,100",
      "2,10 22,2 44,8 60,4! 44,34 32,64 30,100"
    },
    {
      "50,14 32,0 12,10 14,32 36,50 56,70 50,94 26,100 6,86 12,64 38,46 54,28 50,12",
      "30,0 12,12 16,34 34,46 54,64 50,92 28,100 8,88 8,66 28,48 46,34 50,12 34,0 26,2",
      "54,6 34,0 14,12 18,36 44,56 52,80 32,100 8,88 10,66 38,46 56,26 52,6",
      "32,46 14,30 20,4 42,2 50,22 32,46 12,64 8,90 30,100 54,88 52,64 32,46"
    },
    {
      "52,16 34,2 10,14 6,38 24,52 46,42 54,14! 52,50 46,100",
      "54,14 32,0 8,14 8,40 28,50 48,38 54,14 56,40 48,76 30,98 10,96",
      "50,10 26,2 6,20 10,44 30,50 48,34 52,8! 48,54 38,100",
      "48,12 28,0 8,16 12,42 34,46 50,24 52,10 50,40 42,72 30,100"
    }
  };

  private static final List<List<List<Stroke>>> GLYPHS =
      Arrays.stream(TEXTS).map(texts -> Arrays.stream(texts).map(Glyphs::parse).toList()).toList();

  private Glyphs() {}

  /** Each way to write a digit, as its strokes. */
  static List<List<Stroke>> of(int digit) {
    return GLYPHS.get(digit);
  }

  private static List<Stroke> parse(String text) {
    return Arrays.stream(text.split(" \\| ")).map(Glyphs::stroke).toList();
  }

  private static Stroke stroke(String text) {
    String[] points = text.split(" ");
    Stroke stroke =
        new Stroke(
            new double[points.length], new double[points.length], new boolean[points.length]);
    for (int i = 0; i < points.length; i++) {
      String[] xy = points[i].replace("!", "").split(",");
      stroke.x[i] = Double.parseDouble(xy[0]);
      stroke.y[i] = Double.parseDouble(xy[1]);
      stroke.corner[i] = points[i].endsWith("!");
    }
    return stroke;
  }
}
