package gpuvae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {
  @TempDir Path folder;

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("numbers.csv"), text);
  }

  private Split load(String text) throws IOException {
    return Csv.load(write(text));
  }

  private String error(String text) throws IOException {
    Path file = write(text);
    String message = assertThrows(IOException.class, () -> Csv.load(file)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring(file.toString().length() + 2);
  }

  @Test
  void everyTenthRowIsATestRow() throws IOException {
    Random random = new Random(1);
    float[] values = new float[207 * 13];
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 1e3f;
      text.append(values[i]).append(i % 13 == 12 ? '\n' : ',');
    }
    Split split = load(text.toString());
    assertEquals(187, split.train().size());
    assertEquals(20, split.test().size());
    int train = 0;
    int test = 0;
    for (int row = 0; row < 207; row++) {
      boolean tested = row % 10 == 9;
      Dataset set = tested ? split.test() : split.train();
      int at = tested ? test++ : train++;
      for (int column = 0; column < 13; column++) {
        assertEquals(values[row * 13 + column], set.value(at, column));
      }
    }
    assertFalse(split.train().isBytes());
    assertEquals(
        "207 rows of 13 numbers from %s, 20 of them to test"
            .formatted(folder.resolve("numbers.csv")),
        split.origin());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,-2.5\n3e2,4",
        "1;-2.5\r\n3e2;4\r\n",
        "1\t-2.5\n3e2\t4\n\n",
        "\uFEFF1,-2.5\n\n  3e2 , 4 \n",
        "first,second\n1,-2.5\n3e2,4",
        "\uFEFF\"a\",\"b\"\n\"1\",\"-2.5\"\n\"+3E+2\",\"4.\"",
      })
  void spellings(String text) throws IOException {
    Split split = load(text);
    assertArrayEquals(new float[] {1, -2.5f}, split.train().floats());
    assertArrayEquals(new float[] {300, 4}, split.test().floats());
  }

  @Test
  void textsThatAreNoNumbersAreNamed() throws IOException {
    assertEquals("line 3, column 2: 'x' is not a finite number", error("a,b\n1,2\n3,x\n"));
    assertEquals("line 1, column 2: 'b' is not a finite number", error("1,b\n1,2\n3,4\n"));
    assertEquals("line 2, column 1: '' is not a finite number", error("1,2\n,4\n"));
    for (String bad :
        new String[] {"NaN", "Infinity", "1e39", "1f", "0x1p3", "1 2", "--1", "\u0661"}) {
      assertEquals(
          "line 2, column 2: '" + bad + "' is not a finite number", error("1,2\n3," + bad + "\n"));
    }
  }

  @Test
  void malformedBytesAreNamedWhereTheyStand() throws IOException {
    Path file = folder.resolve("latin1.csv");
    Files.write(file, "1,2\n3,\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    String message = assertThrows(IOException.class, () -> Csv.load(file)).getMessage();
    assertTrue(message.startsWith(file + ": line 2, column 2: "), message);
  }

  @Test
  void raggedRowsAreRefused() throws IOException {
    assertEquals("line 2 has 3 columns, expected 2 as in the rows before", error("1,2\n3,4,5\n"));
    assertEquals(
        "line 4 has 1 columns, expected 2 as in the rows before", error("a,b\n1,2\n\n3\n"));
  }

  @Test
  void filesWithoutRowsAreRefused() throws IOException {
    String advice = " rows of numbers, at least 2 are needed (one to train, one to test)";
    assertEquals("0" + advice, error(""));
    assertEquals("0" + advice, error("\n\n"));
    assertEquals("0" + advice, error("a,b\n"));
    assertEquals("1" + advice, error("a,b\n1,2\n"));
    Path missing = folder.resolve("missing.csv");
    assertEquals(
        missing.toString(),
        assertThrows(NoSuchFileException.class, () -> Csv.load(missing)).getMessage());
  }
}
