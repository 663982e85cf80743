package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.config.VaeConfig;
import gpuvae.train.EpochReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTest {
  @Test
  void durations() {
    assertEquals("0.3 s", Text.duration(0.26));
    assertEquals("99.4 s", Text.duration(99.4));
    assertEquals("1:40 min", Text.duration(99.5));
    assertEquals("59:59 min", Text.duration(3599.4));
    assertEquals("1:00:00 h", Text.duration(3599.5));
  }

  @Test
  void linesBreakAtSpaces() {
    assertEquals(
        List.of("one two", "three", "four-and-more", "x"),
        Text.wrapped(" one two  three four-and-more x", 7));
    assertEquals(List.of(""), Text.wrapped("", 7));
    assertEquals("1 epoch", Text.count(1, "epoch"));
    assertEquals("2,000 epochs", Text.count(2000, "epoch"));
  }

  @Test
  void shellsTakeQuotedPaths() {
    assertEquals("runs/mlp-relu", Text.quoted("runs/mlp-relu"));
    assertEquals("'my runs/a'", Text.quoted("my runs/a"));
    assertEquals("'it'\\''s'", Text.quoted("it's"));
  }

  @Test
  void epochLinesAlignWithTheirHeader() {
    EpochTable table = new EpochTable(VaeConfig.preset("mlp-relu"));
    String header = EpochTable.header();
    for (double value : new double[] {0.1234, 105.5712, 12345.678, Double.NaN}) {
      String line = table.line(new EpochReport(7, value, value, value, value, value, value, 61.5));
      assertEquals(header.length(), line.length(), line);
      for (String column : new String[] {"epoch", "train loss", "test loss", "reconstruction"}) {
        int end = header.indexOf(column) + column.length();
        assertTrue(line.charAt(end - 1) != ' ' && line.charAt(end) == ' ', column + ": " + line);
      }
    }
  }

  @Test
  void theRateForgetsASlowStart() {
    Rate rate = new Rate();
    rate.begin(7, 100);
    rate.mark(7, 100);
    assertEquals(0, rate.perSecond(), "no time, no rate");
    long done = 100;
    for (int second = 1; second <= 10; second++) {
      done += second <= 3 ? 1 : 500;
      rate.mark(7 + second * 1_000_000_000L, done);
      if (second == 3) {
        assertEquals(1, rate.perSecond());
      }
    }
    assertEquals(500, rate.perSecond());
    rate.begin(7 + 10_000_000_000L, 0);
    rate.mark(7 + 11_000_000_000L, 250);
    assertEquals(250, rate.perSecond(), "of the new epoch");
  }
}
