package gpuvae.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.measure.LatentUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingReportTest {
  @TempDir Path folder;
  private final Dataset data = Dataset.ofFloats("noise", 10, noise(300));

  private static float[] noise(int rows) {
    Random random = new Random(4);
    float[] values = new float[rows * 10];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static GpuVae model(String preset) {
    return GpuVae.create(VaeConfig.preset(preset), Device.cpu(), 1);
  }

  private List<String> latents() throws IOException {
    return Files.readAllLines(folder.resolve(TrainingReport.LATENTS));
  }

  @Test
  void latentsAreKeptByEpochAndAResumedRunReplacesWhatFollows() throws IOException {
    try (GpuVae vae = model("mlp-softplus")) {
      TrainingReport report = new TrainingReport(folder, vae, data, Map.of());
      report.epochEnded(1);
      report.epochEnded(2);
      report.epochEnded(3);
      new TrainingReport(folder, vae, data, Map.of()).epochEnded(2);
      assertEquals("epoch,active_units,kl_0,kl_1", latents().getFirst());
      assertEquals(3, latents().size());
      LatentUse use = LatentUse.of(vae, data);
      assertEquals(
          "2,%d,%s,%s"
              .formatted(use.active(), use.dimensions().get(0).kl(), use.dimensions().get(1).kl()),
          latents().getLast());
    }
  }

  @Test
  void trainingGoesOnWithTheSameBits() throws IOException {
    float[] batch = noise(32);
    try (GpuVae watched = model("mlp-softplus");
        GpuVae alone = model("mlp-softplus")) {
      TrainingReport report = new TrainingReport(folder, watched, data, Map.of());
      for (int epoch = 1; epoch <= 3; epoch++) {
        watched.trainStep(batch);
        alone.trainStep(batch);
        report.epochEnded(epoch);
      }
      alone
          .parameters()
          .forEach((name, values) -> assertArrayEquals(values, watched.parameters().get(name)));
    }
  }

  @Test
  void anAutoencoderHasNoLatentsToMeasure() throws IOException {
    try (GpuVae vae = model("autoencoder")) {
      new TrainingReport(folder, vae, data, Map.of()).epochEnded(1);
      assertFalse(Files.exists(folder.resolve(TrainingReport.LATENTS)));
    }
  }

  @Test
  void manyPicturesAreThinnedEvenly() throws IOException {
    for (int epoch = 0; epoch <= 1000; epoch++) {
      Files.writeString(folder.resolve("samples-%03d.png".formatted(epoch)), "x");
    }
    Map<?, ?> set = (Map<?, ?>) EpochPictures.json(folder).getFirst();
    List<Integer> epochs =
        ((Map<?, ?>) set.get("pictures"))
            .keySet().stream().map(key -> Integer.valueOf((String) key)).toList();
    assertEquals(40, epochs.size());
    assertEquals(0, epochs.getFirst());
    assertEquals(1000, epochs.getLast());
    assertTrue(
        IntStream.range(1, 40)
            .allMatch(i -> Math.abs(epochs.get(i) - epochs.get(i - 1) - 25.6) < 1),
        epochs.toString());
  }
}
