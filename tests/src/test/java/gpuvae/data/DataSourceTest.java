package gpuvae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.config.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataSourceTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "MNIST", "mnist2", "image:x", "zip:file.zip", ":", "digits:5"})
  void unknownNamesAreAnsweredWithTheKnownOnes(String spec) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> DataSource.parse(spec)).getMessage();
    assertTrue(message.contains("'" + spec + "'"), message);
    if (!spec.equals(":")) {
      assertTrue(
          message.endsWith(
              "allowed are auto, mnist, fashion-mnist, digits, images:DIR, cifar10:DIR, csv:FILE"),
          message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"images:", "cifar10: ", "csv:"})
  void aPathIsNeeded(String spec) {
    assertEquals(
        "data '" + spec + "' names no file or folder after the colon",
        assertThrows(IllegalArgumentException.class, () -> DataSource.parse(spec)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"auto", "mnist", "fashion-mnist", "digits", "images:a", "cifar10:a", "csv:a:b"})
  void parsingReadsNothing(String spec) {
    assertEquals(spec, DataSource.parse(spec).toString());
  }

  @Test
  void theLimitHoldsForBothSets() throws IOException {
    Split split = DataSource.parse("digits").load(LoadOptions.defaults().withLimit(13));
    assertEquals(13, split.train().size());
    assertEquals(13, split.test().size());
    Split all = DataSource.parse("digits").load(LoadOptions.defaults());
    assertArrayEquals(all.train().limit(13).bytes(), split.train().bytes());
    assertArrayEquals(all.test().limit(13).bytes(), split.test().bytes());
    Path csv = Files.writeString(folder.resolve("a.csv"), "1\n2\n3\n4\n");
    Split rows = DataSource.parse("csv:" + csv).load(LoadOptions.defaults().withLimit(2));
    assertEquals(2, rows.train().size());
    assertEquals(1, rows.test().size());
    assertThrows(IllegalArgumentException.class, () -> LoadOptions.defaults().withLimit(0));
  }

  @Test
  void aTableIsLoadedWholeInItsOrder() throws IOException {
    Path csv = Files.writeString(folder.resolve("a.csv"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n");
    DataSource source = DataSource.parse("csv:" + csv);
    Dataset all = source.loadWhole(LoadOptions.defaults());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, all.floats());
    assertEquals("a.csv", all.name());
    assertEquals(3, source.loadWhole(LoadOptions.defaults().withLimit(3)).size());
    Path one = Files.writeString(folder.resolve("one.csv"), "a,b\n1,2\n");
    Dataset row = DataSource.parse("csv:" + one).loadWhole(LoadOptions.defaults());
    assertArrayEquals(new float[] {1, 2}, row.floats());
    Path none = Files.writeString(folder.resolve("none.csv"), "a,b\n");
    IOException error =
        assertThrows(
            IOException.class,
            () -> DataSource.parse("csv:" + none).loadWhole(LoadOptions.defaults()));
    assertEquals(none + ": no rows of numbers", error.getMessage());
  }

  @Test
  void picturesAreLoadedWholeInTheOrderOfTheirNames() throws IOException {
    for (int i = 10; i < 23; i++) {
      BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
      image.getRaster().setSample(0, 0, 0, i);
      ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
    }
    LoadOptions options = LoadOptions.defaults().withImageSize(1, 1);
    Dataset all = DataSource.parse("images:" + folder).loadWhole(options);
    assertArrayEquals(new byte[] {10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22}, all.bytes());
    Path empty = Files.createDirectory(folder.resolve("empty"));
    IOException error =
        assertThrows(
            IOException.class, () -> DataSource.parse("images:" + empty).loadWhole(options));
    assertEquals(empty + ": no PNG or JPEG files in it and its subfolders", error.getMessage());
  }

  @Test
  void ofOtherDataTheTestSetIsLoaded() throws IOException {
    DataSource digits = DataSource.parse("digits");
    LoadOptions options = LoadOptions.defaults().withLimit(5);
    assertArrayEquals(digits.load(options).test().bytes(), digits.loadWhole(options).bytes());
  }

  @Test
  void pathsAreGivenToTheirReaders() {
    for (String kind : new String[] {"images", "cifar10", "csv"}) {
      String missing = folder.resolve("missing").toString();
      String message =
          assertThrows(
                  IOException.class,
                  () -> DataSource.parse(kind + ":" + missing).load(LoadOptions.defaults()))
              .getMessage();
      assertTrue(message.startsWith(missing), message);
    }
  }

  @Test
  void pictureSizesAreChecked() {
    LoadOptions options = LoadOptions.defaults().withColour(true).withImageSize(13, 7);
    assertEquals(Shape.image(3, 7, 13), options.imageShape());
    assertThrows(IllegalArgumentException.class, () -> options.withImageSize(0, 7));
  }
}
