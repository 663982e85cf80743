package gpuvae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.config.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
  private static final Shape GRAY = Shape.image(1, 4, 6);
  private static final Shape COLOUR = Shape.image(3, 4, 6);

  @TempDir Path folder;

  private void save(BufferedImage image, String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    String format = name.toLowerCase().endsWith("png") ? "png" : "jpg";
    assertTrue(ImageIO.write(image, format, file.toFile()));
  }

  /** A gray picture of one shade. */
  private static BufferedImage shade(int value) {
    BufferedImage image = new BufferedImage(6, 4, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 24; i++) {
      image.getRaster().setSample(i % 6, i / 6, 0, value);
    }
    return image;
  }

  @Test
  void subfoldersAreClassesAndNamesGiveTheOrder() throws IOException {
    for (int i = 0; i < 12; i++) {
      // Written backwards: the order must come from the names, not from the file system.
      save(shade(11 - i), "%s/deep/%02d.PNG".formatted(i < 6 ? "zebra" : "ant", 11 - i));
    }
    Files.writeString(folder.resolve("notes.txt"), "not a picture");
    Split split = ImageFolder.load(folder, GRAY);
    assertEquals(11, split.train().size());
    assertEquals(1, split.test().size());
    for (int i = 0; i < 9; i++) {
      assertEquals(i, split.train().value(i, 0));
      assertEquals(i < 6 ? 0 : 1, split.train().label(i));
    }
    assertEquals(9, split.test().value(0, 0));
    assertEquals(10, split.train().value(9, 23));
    assertEquals(1, split.test().label(0));
    assertEquals(
        "12 pictures from " + folder + ", resized to 1x4x6, 1 of them to test", split.origin());
  }

  @Test
  void withoutSubfoldersThereAreNoLabels() throws IOException {
    save(shade(3), "b.png");
    save(shade(5), "a.jpeg");
    Split split = ImageFolder.load(folder, GRAY);
    assertFalse(split.train().hasLabels());
    assertEquals(5, split.train().value(0, 7), 1);
    assertEquals(3, split.test().value(0, 7));
  }

  @Test
  void grayValuesStayAsTheyAre() throws IOException {
    Random random = new Random(3);
    BufferedImage gray = shade(0);
    BufferedImage deep = new BufferedImage(6, 4, BufferedImage.TYPE_USHORT_GRAY);
    byte[] expected = new byte[24];
    for (int i = 0; i < 24; i++) {
      int value = random.nextInt(256);
      expected[i] = (byte) value;
      gray.getRaster().setSample(i % 6, i / 6, 0, value);
      deep.getRaster().setSample(i % 6, i / 6, 0, value * 257);
    }
    save(gray, "a.png");
    save(deep, "b.png");
    Split split = ImageFolder.load(folder, GRAY);
    assertArrayEquals(expected, split.train().bytes());
    assertArrayEquals(expected, split.test().bytes());
    byte[] colour = ImageFolder.load(folder, COLOUR).train().bytes();
    for (int i = 0; i < 72; i++) {
      assertEquals(expected[i % 24], colour[i]);
    }
  }

  @Test
  void coloursAreKeptByChannelOrWeighedIntoGray() throws IOException {
    Random random = new Random(4);
    BufferedImage image = new BufferedImage(6, 4, BufferedImage.TYPE_INT_ARGB);
    int[] rgb = random.ints(24, 0, 1 << 24).toArray();
    for (int i = 0; i < 24; i++) {
      image.setRGB(i % 6, i / 6, 0x80000000 | rgb[i]); // half transparent, which changes nothing
    }
    save(image, "a.png");
    save(image, "b.png");
    Dataset colour = ImageFolder.load(folder, COLOUR).train();
    Dataset gray = ImageFolder.load(folder, GRAY).train();
    for (int i = 0; i < 24; i++) {
      int red = rgb[i] >> 16;
      int green = rgb[i] >> 8 & 255;
      int blue = rgb[i] & 255;
      assertEquals(red, colour.value(0, i));
      assertEquals(green, colour.value(0, 24 + i));
      assertEquals(blue, colour.value(0, 48 + i));
      assertEquals(0.299 * red + 0.587 * green + 0.114 * blue, gray.value(0, i), 0.501);
    }
  }

  @Test
  void shrinkingByAWholeFactorWeighsEveryPixel() {
    for (int at = 0; at < 64; at++) { // all of the inner 8x8 pixels of 16x16
      float[] plane = new float[256];
      plane[(4 + at / 8) * 16 + 4 + at % 8] = 100;
      double sum = 0;
      for (float value : Resampler.resize(plane, 16, 16, 8, 8)) {
        sum += value;
      }
      assertEquals(25, sum, 1e-4);
    }
  }

  @Test
  void resizingKeepsShadesAndRamps() {
    int[][] sizes = {
      {13, 7, 5, 3}, {5, 3, 13, 7}, {127, 128, 28, 28}, {1, 1, 28, 28}, {3, 9, 9, 3}
    };
    for (int[] size : sizes) {
      float[] ramp = new float[size[0] * size[1]];
      for (int i = 0; i < ramp.length; i++) {
        ramp[i] = 10 + (i % size[0] + 0.5f) / size[0];
      }
      float[] resized = Resampler.resize(ramp, size[0], size[1], size[2], size[3]);
      assertEquals(size[2] * size[3], resized.length);
      for (int y = 0; y < size[3]; y++) {
        for (int x = 0; x < size[2]; x++) {
          double expected = 10 + (x + 0.5) / size[2];
          // The border's half filter pulls towards the inside.
          double slack = x == 0 || x == size[2] - 1 || size[0] == 1 ? 0.5 : 0.13;
          assertEquals(expected, resized[y * size[2] + x], slack);
        }
      }
    }
  }

  @Test
  void unreadableFilesAreNamed() throws IOException {
    save(shade(1), "a.png");
    save(shade(1), "c.png");
    Path bad = Files.writeString(folder.resolve("b.png"), "no picture at all");
    assertEquals(
        bad + " cannot be read as a picture: it is neither PNG nor JPEG",
        assertThrows(IOException.class, () -> ImageFolder.load(folder, GRAY)).getMessage());
    byte[] whole = Files.readAllBytes(folder.resolve("a.png"));
    Files.write(bad, java.util.Arrays.copyOf(whole, whole.length / 2));
    String message =
        assertThrows(IOException.class, () -> ImageFolder.load(folder, GRAY)).getMessage();
    assertTrue(message.startsWith(bad + " cannot be read as a picture: "), message);
  }

  @Test
  void foldersWithoutPicturesAreRefused() throws IOException {
    assertEquals(
        folder
            + ": 0 PNG or JPEG files in it and its subfolders, at least 2 are needed (one to train,"
            + " one to test)",
        assertThrows(IOException.class, () -> ImageFolder.load(folder, GRAY)).getMessage());
    Path missing = folder.resolve("missing");
    assertEquals(
        missing + " is not a folder",
        assertThrows(IOException.class, () -> ImageFolder.load(missing, GRAY)).getMessage());
  }
}
