package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.data.DataSource;
import gpuvae.data.Dataset;
import gpuvae.data.LoadOptions;
import gpuvae.examples.ScoreRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** evaluate and anomaly, on a table of ten columns that depend on two. */
class MeasureTest {
  @TempDir static Path folder;

  private static Path csv;
  private static Path model;

  @BeforeAll
  static void train() throws IOException {
    csv = Cli.csv(folder, 2000);
    model = folder.resolve("model");
    Cli.Result result =
        Cli.run(
            "train",
            "--preset",
            "mlp-softplus",
            "--data",
            "csv:" + csv,
            "--out",
            model,
            "--epochs",
            10,
            "--batch-size",
            16,
            "--learning-rate",
            "0.01");
    assertEquals(0, result.code(), result.err());
  }

  private static double number(Map<String, Object> numbers, String name) {
    return (double) numbers.get(name);
  }

  @Test
  void evaluateMeasuresWhatItSays() throws IOException {
    Cli.Result result = Cli.run("evaluate", model, "--samples", 50, "--json");
    assertEquals(0, result.code(), result.err());
    Map<String, Object> numbers = result.json().getFirst();
    double elbo = number(numbers, "elbo");
    assertEquals(50L, numbers.get("importance_samples"));
    double rise = number(numbers, "importance_bound") - elbo;
    assertTrue(rise > -0.1 && rise < 3, "bound " + rise + " above the ELBO");
    assertTrue(number(numbers, "importance_standard_error") > 0);
    assertTrue(number(numbers, "elbo_standard_error") > 0);
    assertEquals(5 * Math.log(Math.PI), number(numbers, "log_density_constant"), 1e-12);
    assertEquals(null, numbers.get("bits_per_dimension"));
    assertEquals(2L, numbers.get("active_latents"));
    List<?> kl = (List<?>) numbers.get("kl_by_latent");
    double sum = kl.stream().mapToDouble(value -> (double) value).sum();
    assertEquals(number(numbers, "kl"), sum, 1e-5 * sum);

    for (String words :
        List.of(
            "protocol        plain values",
            "ELBO",
            "bound",
            "K = 50",
            "bits/dimension  none: a density of numbers depends on their unit",
            "D/2 ln pi",
            "active latents  2 of 2",
            "KL by latent    ")) {
      assertTrue(result.err().contains(words), words + " in " + result.err());
    }
    result.err().lines().forEach(line -> assertTrue(line.length() <= 80, line));
    assertFalse(Cli.run("evaluate", model).out().contains("bound  "), "not asked for");
  }

  @Test
  void theProtocolIsNamedAndCollapseIsSaid() throws IOException {
    Path digits = folder.resolve("digits");
    // Next to no training: hardly a latent tells digits apart.
    Cli.Result trained =
        Cli.run(
            "train",
            "--data",
            "digits",
            "--limit",
            100,
            "--epochs",
            1,
            "--binarise",
            "dynamic",
            "--learning-rate",
            "1e-9",
            "--latent",
            16,
            "--out",
            digits);
    assertEquals(0, trained.code(), trained.err());
    Cli.Result result = Cli.run("evaluate", digits, "--limit", 50);
    assertEquals(0, result.code(), result.err());
    assertTrue(
        result.out().contains("protocol        dynamic binarisation, drawn with seed 0"),
        result.out());
    assertTrue(result.out().contains("at most, of values that are 0 or 1"), result.out());
    assertTrue(result.out().contains("The posterior has collapsed"), result.out());
    assertTrue(result.out().contains("free bits"), result.out());
    assertFalse(result.out().contains("entropy"), result.out());
  }

  /** Usual rows but one, whose fourth column contradicts the others. */
  private static Path strange() throws IOException {
    List<String> lines = Files.readAllLines(csv).subList(0, 25);
    String[] fields = lines.get(6).split(",");
    fields[3] = Float.toString(Float.parseFloat(fields[3]) + 20);
    lines.set(6, String.join(",", fields));
    return Files.write(folder.resolve("strange.csv"), lines);
  }

  @Test
  void anomalyFlagsAndExplainsTheStrangeRow() throws IOException {
    Path out = folder.resolve("scores.csv");
    Cli.Result result =
        Cli.run("anomaly", model, "--data", "csv:" + strange(), "--out", out, "--json");
    assertEquals(0, result.code(), result.err());
    Map<String, Object> summary = result.json().getFirst();
    assertEquals(25L, summary.get("samples"));
    assertEquals(200L, summary.get("held_out_samples"));
    assertEquals(0.99, summary.get("quantile"));
    List<String> lines = Files.readAllLines(out);
    assertEquals(26, lines.size());
    String[] row = lines.get(7).split(",");
    assertEquals("7", row[0]);
    assertEquals("1", row[4]);
    assertEquals("4", row[5]);
    assertTrue(Double.parseDouble(row[1]) > number(summary, "threshold"));
    long flagged = lines.stream().skip(1).filter(line -> line.split(",")[4].equals("1")).count();
    assertEquals(summary.get("flagged"), flagged);
    assertTrue(result.err().contains("       7  "), result.err());
    assertTrue(result.err().contains("column 4: "), result.err());

    byte[] first = Files.readAllBytes(out);
    Cli.run("anomaly", model, "--data", "csv:" + strange(), "--out", out);
    assertArrayEquals(first, Files.readAllBytes(out));
  }

  @Test
  void heldOutRowsMayBeNamed() throws IOException {
    Path few = Files.write(folder.resolve("few.csv"), Files.readAllLines(csv).subList(0, 40));
    Path out = folder.resolve("named.csv");
    Cli.Result result =
        Cli.run("anomaly", model, "--held-out", "csv:" + few, "--out", out, "--json");
    assertEquals(0, result.code(), result.err());
    Map<String, Object> summary = result.json().getFirst();
    assertEquals(4L, summary.get("held_out_samples"));
    assertEquals("few.csv test", summary.get("held_out"));
    assertEquals(2000L, summary.get("samples"));
  }

  @Test
  void wrongUseIsOneLine() throws IOException {
    Path narrow = Files.writeString(folder.resolve("narrow.csv"), "1,2\n3,4\n");
    Path autoencoder = folder.resolve("autoencoder");
    Cli.Result trained =
        Cli.run(
            "train",
            "--preset",
            "autoencoder",
            "--data",
            "csv:" + csv,
            "--limit",
            20,
            "--epochs",
            1,
            "--out",
            autoencoder);
    assertEquals(0, trained.code(), trained.err());
    assertRefused(
        Cli.run("anomaly", model, "--data", "csv:" + narrow), "takes samples of 10", "narrow.csv");
    assertRefused(Cli.run("anomaly", model, "--held-out", "csv:" + narrow), "takes samples of 10");
    assertRefused(Cli.run("anomaly", model, "--held-out", "nothing"), "'nothing' is not known");
    assertRefused(Cli.run("anomaly", model, "--data", "csv:nowhere.csv"), "nowhere.csv");
    assertRefused(Cli.run("evaluate", autoencoder, "--samples", 5), "has no posterior");
  }

  private static void assertRefused(Cli.Result result, String... words) {
    assertEquals(2, result.code(), result.err());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("error: "), result.err());
    for (String word : words) {
      assertTrue(result.err().contains(word), word + " in " + result.err());
    }
  }

  @Test
  void theExampleServesRequests() throws Exception {
    DataSource source = DataSource.parse("csv:" + csv);
    Dataset heldOut = source.load(LoadOptions.defaults()).test();
    float[] usual = Arrays.copyOf(heldOut.floats(), 10);
    float[] strange = usual.clone();
    strange[3] += 20;
    List<ScoreRequests.Answer> answers =
        ScoreRequests.serve(model, heldOut, List.of(strange, usual, strange));
    assertTrue(answers.get(0).anomaly());
    assertFalse(answers.get(1).anomaly());
    assertEquals(3, answers.get(0).column());
    assertEquals(answers.get(0).score(), answers.get(2).score());
    assertEquals(2, answers.get(1).latents().length);
  }
}
