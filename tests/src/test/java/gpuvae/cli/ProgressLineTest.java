package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressLineTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private long now = 5;

  private ProgressLine line(boolean terminal, int width, boolean unicode) {
    PrintStream err = new PrintStream(written, true, StandardCharsets.UTF_8);
    return new ProgressLine(
        new Terminal(err, err, terminal, terminal, () -> width, false, unicode), () -> now);
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 40, 60, 80, 120, 300})
  void staysInOneLineOfTheTerminal(int width) {
    for (boolean unicode : new boolean[] {false, true}) {
      ProgressLine line = line(true, width, unicode);
      for (double fraction : new double[] {0, 0.001, 0.5, 0.999, 1}) {
        line.show("epoch 1/10", fraction, "21,340 samples/s  loss 105.57");
      }
      for (String drawn : text().split("\r")) {
        assertTrue(drawn.length() < width || drawn.isEmpty(), width + ": '" + drawn + "'");
      }
      assertFalse(text().contains("\n"));
      written.reset();
    }
  }

  @Test
  void barGrowsAndIsAsciiWhereItMustBe() {
    ProgressLine line = line(true, 80, false);
    line.show("epoch 1/2", 0.5, "loss 1");
    assertTrue(text().chars().allMatch(c -> c < 128), text());
    assertTrue(text().contains("[" + "#".repeat(19) + ".".repeat(19) + "]"), text());
    written.reset();
    line(true, 80, true).show("epoch 1/2", 0.5, "loss 1");
    assertTrue(text().contains("█".repeat(20)), text());
    assertFalse(text().contains("█".repeat(21)), text());
  }

  @Test
  void whatWasLongerIsWipedOut() {
    ProgressLine line = line(true, 80, false);
    line.show("a", 1, "a long text of details");
    written.reset();
    line.show("a", 1, "x");
    int long1 = "a 100% ".length() + 40 + "  a long text of details".length();
    assertEquals(1 + long1, text().length(), "padded to what was there");
    written.reset();
    line.clear();
    assertTrue(text().matches("\r +\r"));
    written.reset();
    line.clear();
    assertEquals("", text(), "nothing to clear");
  }

  @Test
  void elsewhereALineEveryTenSeconds() {
    ProgressLine line = line(false, 80, true);
    line.show("epoch 1/2", 0.1, "loss 1");
    assertEquals("", text());
    now += 10_000_000_000L;
    line.show("epoch 1/2", 0.25, "loss 2");
    line.show("epoch 1/2", 0.26, "loss 3");
    assertEquals("epoch 1/2, 25%, loss 2" + System.lineSeparator(), text());
    now += 9_999_999_999L;
    line.show("epoch 1/2", 0.5, "loss 4");
    assertEquals(1, text().lines().count());
  }

  @Test
  void coloursOnlyWhereTheyAreWanted() {
    assertFalse(Terminal.allowsColour(name -> name.equals("NO_COLOR") ? "1" : null));
    assertFalse(Terminal.allowsColour(name -> name.equals("TERM") ? "dumb" : null));
    assertTrue(Terminal.allowsColour(name -> name.equals("NO_COLOR") ? "" : null));
    PrintStream err = new PrintStream(written, true, StandardCharsets.UTF_8);
    Terminal watched = new Terminal(err, err, true, true, () -> 80, true, true);
    assertEquals("\u001b[31merror\u001b[0m", watched.red(err, "error"));
    assertEquals("error", Terminal.of(err, err).red(err, "error"));
  }
}
