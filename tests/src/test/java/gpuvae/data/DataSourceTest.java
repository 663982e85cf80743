package gpuvae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.config.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
