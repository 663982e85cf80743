package gpuvae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Activation;
import gpuvae.backend.Device;
import gpuvae.config.LayerConfig;
import gpuvae.config.VaeConfig;
import gpuvae.io.ModelFolder;
import gpuvae.io.SafetensorsReader;
import gpuvae.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Saved models load, resumed ones go on with the same bits, damaged ones are refused. */
class SaveAndLoadTest {
  private static final VaeConfig CONFIG =
      VaeConfig.builder().input(11).hidden(Activation.leakyRelu(0.1), 6, 5).latent(3).build();

  private static final VaeConfig NORMALISED =
      VaeConfig.builder()
          .input(11)
          .encoder(
              LayerConfig.dense("e1", 6),
              LayerConfig.batchNorm("e2").withActivation(Activation.RELU))
          .latent(3)
          .decoder(LayerConfig.dense("d1", 5), LayerConfig.batchNorm("d2"))
          .build();

  @TempDir Path folder;

  static List<VaeConfig> configs() {
    return List.of(CONFIG, NORMALISED);
  }

  private static float[] batch(long seed) {
    Random random = new Random(seed);
    float[] x = new float[9 * 11];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat();
    }
    return x;
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aLoadedModelComputesTheSame(VaeConfig config) throws IOException {
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 1)) {
      for (int i = 0; i < 5; i++) {
        vae.trainStep(batch(i));
      }
      vae.save(folder);
      try (GpuVae loaded = GpuVae.load(folder, Device.cpu())) {
        assertEquals(config, loaded.config());
        assertArrayEquals(vae.reconstruct(batch(7)), loaded.reconstruct(batch(7)));
        assertArrayEquals(vae.sample(4, 9), loaded.sample(4, 9));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aResumedModelGoesOnWithTheSameBits(VaeConfig config) throws IOException {
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 1)) {
      for (int i = 0; i < 5; i++) {
        vae.trainStep(batch(i));
      }
      vae.learningRate(3e-3);
      vae.save(folder);
      try (GpuVae resumed = GpuVae.resume(folder, Device.cpu())) {
        for (int i = 5; i < 15; i++) {
          StepLoss expected = vae.trainStep(batch(i));
          StepLoss actual = resumed.trainStep(batch(i));
          assertEquals(expected.step(), actual.step());
          assertEquals(expected.total(), actual.total());
        }
        var values = resumed.parameters();
        vae.parameters().forEach((name, v) -> assertArrayEquals(v, values.get(name), name));
      }
    }
  }

  @Test
  void parametersAreFiledUnderTheirPyTorchNames() throws IOException {
    try (GpuVae vae = GpuVae.create(VaeConfig.preset("mlp-relu"), Device.cpu(), 1)) {
      vae.save(folder);
    }
    try (SafetensorsReader reader = SafetensorsReader.open(folder.resolve(ModelFolder.MODEL))) {
      assertEquals(10, reader.names().size());
      assertArrayEquals(new long[] {20, 400}, reader.info("encoder.fc2_logvar.weight").shape());
      assertArrayEquals(new long[] {784}, reader.info("decoder.fc4.bias").shape());
    }
  }

  @Test
  void runningStatisticsAreFiledAsPyTorchDoes() throws IOException {
    try (GpuVae vae = GpuVae.create(NORMALISED, Device.cpu(), 1)) {
      vae.trainStep(batch(1));
      vae.trainStep(batch(2));
      vae.save(folder);
    }
    checkTracked(2);
    try (GpuVae vae = GpuVae.load(folder, Device.cpu())) {
      vae.trainStep(batch(3));
      vae.save(folder);
    }
    checkTracked(3);
    try (GpuVae vae = GpuVae.resume(folder, Device.cpu())) {
      vae.trainStep(batch(4));
      vae.save(folder);
    }
    checkTracked(4);
  }

  private void checkTracked(long batches) throws IOException {
    try (SafetensorsReader reader = SafetensorsReader.open(folder.resolve(ModelFolder.MODEL))) {
      assertArrayEquals(new long[] {6}, reader.info("e2.running_mean").shape());
      assertArrayEquals(new long[] {5}, reader.info("d2.running_var").shape());
      assertArrayEquals(new long[0], reader.info("d2.num_batches_tracked").shape());
      assertArrayEquals(new long[] {batches}, reader.longs("d2.num_batches_tracked"));
    }
  }

  @Test
  void aBatchThatHasNoVarianceIsRefused() {
    try (GpuVae vae = GpuVae.create(NORMALISED, Device.cpu(), 1)) {
      float[] one = Arrays.copyOf(batch(1), 11);
      String message =
          assertThrows(IllegalArgumentException.class, () -> vae.trainStep(one)).getMessage();
      assertTrue(message.contains("a batch of 1: batch norm"), message);
      assertTrue(vae.trainStep(batch(1)).accepted());
      assertEquals(11, vae.reconstruct(one).length);
    }
  }

  @Test
  void whatDoesNotFitIsNamed() throws IOException {
    refused("no model in");
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cpu(), 1)) {
      vae.save(folder);
    }
    Path model = folder.resolve(ModelFolder.MODEL);
    List<String> names;
    try (SafetensorsReader reader = SafetensorsReader.open(model)) {
      names = new ArrayList<>(reader.names());
    }
    byte[] whole = Files.readAllBytes(model);

    SafetensorsWriter wrong = new SafetensorsWriter();
    for (String name : names) {
      wrong.add(name, new long[] {1}, new float[] {1});
    }
    wrong.write(model);
    refused(" [1], the model has [");

    new SafetensorsWriter().write(model);
    refused("missing: ");

    new SafetensorsWriter().add("stranger", new long[] {1}, new float[] {1}).write(model);
    refused("unexpected: stranger [1]");

    Files.write(model, Arrays.copyOf(whole, whole.length - 5));
    refused(ModelFolder.MODEL);

    Files.write(model, whole);
    Path config = folder.resolve(ModelFolder.CONFIG);
    String text = Files.readString(config);
    Files.writeString(config, text.replace("\"latent\"", "\"latemt\""));
    refused("latent is missing");
    Files.writeString(config, text.replaceFirst("\"latent\" *: *3", "\"latent\": 3, \"x\": 1"));
    refused("unknown field x");
    Files.writeString(config, text.replaceFirst("\"latent\" *: *3", "\"latent\": 0"));
    refused("latent is 0, allowed: 1 and above");
    Files.writeString(config, text.replaceFirst("\"latent\" *: *3", "\"latent\": 2.5"));
    refused("latent is 2.5, allowed: a whole number");
    Files.writeString(config, text.replace("leaky-relu", "lecky-relu"));
    refused("'lecky-relu', allowed: identity, relu");
    Files.writeString(config, text.substring(0, text.length() / 2));
    refused(ModelFolder.CONFIG);
  }

  private void refused(String part) {
    String message =
        assertThrows(IOException.class, () -> GpuVae.load(folder, Device.cpu())).getMessage();
    assertTrue(message.contains(part), message + " should contain " + part);
  }

  @Test
  void aDamagedTrainingStateIsRefused() throws IOException {
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cpu(), 1)) {
      vae.save(folder);
    }
    Path state = folder.resolve(ModelFolder.STATE);
    byte[] whole = Files.readAllBytes(state);
    for (int length : new int[] {0, 7, 100, whole.length / 2, whole.length - 1}) {
      Files.write(state, Arrays.copyOf(whole, length));
      assertThrows(IOException.class, () -> GpuVae.resume(folder, Device.cpu()));
    }
    Files.delete(state);
    String message =
        assertThrows(IOException.class, () -> GpuVae.resume(folder, Device.cpu())).getMessage();
    assertTrue(message.contains("no training to resume in"), message);
  }
}
