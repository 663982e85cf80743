package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.StepLoss;
import gpuvae.backend.Device;
import gpuvae.config.VaeConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae bench}. */
@Command(
    description = {
      "Times a training step.",
      "",
      "Calls GpuVae.trainStep on random values and waits for each step's loss, after a"
          + " warm-up."
    },
    footer = {
      "  gpuvae bench --preset mlp-relu --batch-size 128",
      "  gpuvae bench --preset mlp-leaky --batch-size 1000 --device cpu --json"
    })
final class BenchCommand extends BaseCommand {
  private static final int BATCHES = 4;

  @Option(
      names = "--preset",
      paramLabel = "PRESET",
      defaultValue = "mlp-relu",
      completionCandidates = PresetNames.class,
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  String preset;

  @Option(
      names = "--batch-size",
      paramLabel = "B",
      description = "Samples a step. Default: the preset's.")
  Integer batchSize;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How long to time, after as long a warm-up. Default: ${DEFAULT-VALUE}.")
  double seconds;

  @Mixin DeviceOption device;

  BenchCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    VaeConfig config = PresetNames.config(preset);
    int batch = batchSize == null ? config.batchSize() : batchSize;
    if (batch < 1) {
      throw new UsageException("--batch-size is " + batch + ", allowed: 1 and above", null);
    }
    if (!(seconds > 0 && seconds <= 600)) {
      throw new UsageException("--seconds is " + seconds + ", allowed: above 0, up to 600", null);
    }
    Device chosen = device.choose();
    try (GpuVae vae = GpuVae.create(config.toBuilder().batchSize(batch).build(), chosen, 1)) {
      List<float[]> batches = batches(batch * config.input().shape().features());
      time(vae, batches);
      List<Double> times = time(vae, batches);
      Collections.sort(times);
      double median = times.get(times.size() / 2);
      report(vae, batch, median, times.getFirst(), times.size());
    }
    return Main.OK;
  }

  private static List<float[]> batches(int values) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    List<float[]> batches = new ArrayList<>();
    for (int i = 0; i < BATCHES; i++) {
      float[] batch = new float[values];
      for (int j = 0; j < values; j++) {
        batch[j] = random.nextFloat();
      }
      batches.add(batch);
    }
    return batches;
  }

  /** Milliseconds of each step for the time asked for, at least one. */
  private List<Double> time(GpuVae vae, List<float[]> batches) {
    List<Double> times = new ArrayList<>();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int i = 0; times.isEmpty() || System.nanoTime() < end; i++) {
      long start = System.nanoTime();
      StepLoss loss = vae.trainStep(batches.get(i % BATCHES));
      if (!loss.accepted()) {
        throw new IllegalStateException(loss.toString());
      }
      times.add((System.nanoTime() - start) * 1e-6);
    }
    return times;
  }

  private void report(GpuVae vae, int batch, double median, double least, int steps)
      throws IOException {
    double rate = batch / median * 1e3;
    if (json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("preset", preset);
      result.put("batch", batch);
      result.put("device", vae.device().toString());
      result.put("median_ms", median);
      result.put("min_ms", least);
      result.put("images_per_second", rate);
      sayJson(result);
      return;
    }
    say("%s, batch %d, %s", preset, batch, DeviceOption.describe(vae.device()));
    say(
        "%.3f ms a step (median of %s; least %.3f), %s images/s",
        median, Text.count(steps), least, Text.count(Math.round(rate)));
  }
}
