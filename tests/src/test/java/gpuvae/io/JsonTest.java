package gpuvae.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
  @TempDir Path folder;

  @Test
  void parsesEveryKindOfValue() throws IOException {
    Map<String, Object> object =
        Json.parseObject(
            """
            {"z": 1, "a": [true, false, null, -9223372036854775808], "s": "\\u00e9\\n",
             "d": 1e-3, "o": {}}
            """,
            "text");
    assertEquals(List.of("z", "a", "s", "d", "o"), List.copyOf(object.keySet()));
    assertEquals(1L, object.get("z"));
    assertEquals(Arrays.asList(true, false, null, Long.MIN_VALUE), object.get("a"));
    assertEquals("é\n", object.get("s"));
    assertEquals(1e-3, object.get("d"));
    assertEquals(Map.of(), object.get("o"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"a": 1, "b": {"c": 1, "c": 2}} | f.json:1:27: | Duplicate field 'c'
          {"a": 1,}                       | f.json:1:9:  | expect
          {"a": 1} {}                     | f.json:1:10: | unexpected text after the value
          {"a": 1} x                      | f.json:1:    | Unrecognized token 'x'
          {"a":~ nul}                     | f.json:2:    | Unrecognized token 'nul'
          {"a": 1                         | f.json:1:    | end-of-input
          {"a": 1e999}                    | f.json:1:7:  | number out of range: 1e999
          {"a": 9223372036854775808}      | f.json:1:    | out of range of long
          {"a": NaN}                      | f.json:1:    | NaN
          {'a': 1}                        | f.json:1:    | double-quote
          [1]                             | f.json:      | expected a JSON object
          ``                              | f.json:      | no JSON value
          """)
  void refusesWithPlaceAndReason(String json, String place, String reason) {
    String text = json.replace('~', '\n');
    IOException error = assertThrows(IOException.class, () -> Json.parseObject(text, "f.json"));
    assertTrue(error.getMessage().startsWith(place), error.getMessage());
    assertTrue(error.getMessage().contains(reason), error.getMessage());
    assertTrue(error.getMessage().lines().count() == 1, error.getMessage());
  }

  @Test
  void refusesDeepNesting() {
    IOException error =
        assertThrows(IOException.class, () -> Json.parse("[".repeat(1_000_000), "f.json"));
    assertTrue(error.getMessage().contains("nesting depth"), error.getMessage());
  }

  @Test
  void writesStableIndentedText() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", "mlp \"relu\"");
    object.put("sizes", List.of(784L, 20, List.of()));
    object.put("beta", 1.0);
    object.put("rate", 0.1f);
    object.put("unordered", Map.of("b", 1L, "a", true, "c", Map.of()));
    object.put("none", null);
    assertEquals(
        """
        {
          "name": "mlp \\"relu\\"",
          "sizes": [784, 20, []],
          "beta": 1.0,
          "rate": 0.1,
          "unordered": {
            "a": true,
            "b": 1,
            "c": {}
          },
          "none": null
        }
        """,
        Json.write(object));
  }

  @Test
  void doublesReadBackExactly() throws IOException {
    Random random = new Random(5);
    for (int i = 0; i < 10_000; i++) {
      double number = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(number)) {
        assertEquals(number, Json.parse(Json.write(number), "text"));
      }
    }
    assertEquals(Double.MIN_VALUE, Json.parse(Json.write(Double.MIN_VALUE), "text"));
    assertEquals("0.1\n", Json.write(0.1));
    assertEquals(Long.MAX_VALUE, Json.parse(Json.write(Long.MAX_VALUE), "text"));
  }

  @Test
  void refusesToWriteWhatJsonCannotSay() {
    assertEquals(
        "the value.losses[1] is NaN, which JSON has no form for",
        assertThrows(
                IllegalArgumentException.class,
                () -> Json.write(Map.of("losses", List.of(1.0, Double.NaN))))
            .getMessage());
    assertEquals(
        "the value is a java.lang.Object, which JSON has no form for",
        assertThrows(IllegalArgumentException.class, () -> Json.write(new Object())).getMessage());
  }

  @Test
  void readsFilesAndNamesThemInErrors() throws IOException {
    Path file = folder.resolve("config.json");
    assertEquals(
        file + ": no such file",
        assertThrows(IOException.class, () -> Json.readObject(file)).getMessage());
    Files.writeString(file, "{\n  \"beta\": 1.5\n}");
    assertEquals(Map.of("beta", 1.5), Json.readObject(file));
    Files.writeString(file, "{\n  \"beta\" 1.5\n}");
    String message = assertThrows(IOException.class, () -> Json.readObject(file)).getMessage();
    assertTrue(message.startsWith(file + ":2:"), message);
    Files.write(file, "{\"größe\": 1}".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(
        file + ": not UTF-8 text",
        assertThrows(IOException.class, () -> Json.readObject(file)).getMessage());
  }
}
