package gpuvae.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameMapTest {
  @TempDir Path folder;

  private NameMap map(String text) throws IOException {
    return NameMap.read(Files.writeString(folder.resolve("names.txt"), text));
  }

  private void refused(String expected, String text, String... tensors) {
    IOException e = assertThrows(IOException.class, () -> map(text).byOurs(List.of(tensors)));
    assertEquals(folder.resolve("names.txt") + ": " + expected, e.getMessage());
  }

  @Test
  void withoutRulesNamesStay() throws IOException {
    assertEquals(Map.of("a", "a", "b.c", "b.c"), NameMap.NONE.byOurs(List.of("a", "b.c")));
  }

  @Test
  void tensorsAndModulesAreRenamedTheLongestRuleFirst() throws IOException {
    NameMap map =
        map("# theirs\n\n net = model\nnet.0.weight=first\n  net.0 = model.zero  \nnet.head =\n");
    assertEquals(
        Map.of(
            "first", "net.0.weight",
            "model.zero.bias", "net.0.bias",
            "model.00.bias", "net.00.bias",
            "network.bias", "network.bias"),
        map.byOurs(
            List.of(
                "net.0.weight",
                "net.0.bias",
                "net.00.bias",
                "network.bias",
                "net.head",
                "net.head.bias")));
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    refused("line 2 is 'b', expected theirs = ours", "a = b\nb\n", "a");
    refused("line 1 is '= b', expected theirs = ours", "= b", "a");
    refused("line 3: a second 'a'", "a = b\n\na = c\n", "a");
    refused("the file has no tensor or module b, c", "a = x\nb = y\nc =", "a");
    refused("b and a would both be b", "a = b", "b", "a");
    IOException e =
        assertThrows(IOException.class, () -> NameMap.read(folder.resolve("nowhere.txt")));
    assertEquals(folder.resolve("nowhere.txt") + ": no such file", e.getMessage());
  }
}
