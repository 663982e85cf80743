package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BenchTest {
  @Test
  void printsOneJsonObjectThatAddsUp() throws IOException {
    Cli.Result result =
        Cli.run(
            "bench",
            "--preset",
            "mlp-softplus",
            "--batch-size",
            13,
            "--device",
            "cpu",
            "--seconds",
            "0.2",
            "--json");
    assertEquals(0, result.code(), result.err());
    assertEquals(1, result.json().size());
    Map<String, Object> numbers = result.json().getFirst();
    assertEquals(
        Set.of("preset", "batch", "device", "median_ms", "min_ms", "images_per_second"),
        numbers.keySet());
    assertEquals(13L, numbers.get("batch"));
    assertEquals("cpu", numbers.get("device"));
    double median = (double) numbers.get("median_ms");
    assertTrue(median >= (double) numbers.get("min_ms") && (double) numbers.get("min_ms") > 0);
    assertEquals(13e3 / median, (double) numbers.get("images_per_second"), 1e-6 * 13e3 / median);
  }

  @Test
  void readableWithoutJson() {
    Cli.Result result = Cli.run("bench", "--preset", "autoencoder", "--seconds", "0.05");
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().contains("ms a step"), result.out());
  }
}
