package gpuvae.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.Head;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LatentUseTest {
  private static final int FEATURES = 5;

  private static Dataset data(int rows) {
    Random random = new Random(3);
    float[] values = new float[rows * FEATURES];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return Dataset.ofFloats("random", FEATURES, values);
  }

  private static VaeConfig config(Head head, int latent) {
    return VaeConfig.builder().input(FEATURES).latent(latent).head(head).batchSize(7).build();
  }

  /** Dimension 0 reads the first feature; dimension 1 is always mu 2; dimension 2 is the prior. */
  private static GpuVae known() {
    GpuVae vae = GpuVae.create(config(Head.LOG_VARIANCE, 3), Device.cpu(), 1);
    float[] mean = new float[3 * FEATURES];
    mean[0] = 1;
    vae.parameter("encoder.mean.weight", mean);
    vae.parameter("encoder.mean.bias", new float[] {0, 2, 0});
    vae.parameter("encoder.second.weight", new float[3 * FEATURES]);
    vae.parameter("encoder.second.bias", new float[] {-1, 0, 0});
    return vae;
  }

  @Test
  void dimensionsOfAKnownEncoder() {
    Dataset data = data(2500);
    double sum = 0;
    double squares = 0;
    for (int row = 0; row < data.size(); row++) {
      sum += data.value(row, 0);
      squares += data.value(row, 0) * data.value(row, 0);
    }
    double mean = sum / data.size();
    try (GpuVae vae = known()) {
      LatentUse use = LatentUse.of(vae, data);
      List<LatentUse.Dimension> dimensions = use.dimensions();
      double kl = 0.5 * (squares / data.size() + Math.exp(-1) - 1 + 1);
      assertEquals(kl, dimensions.get(0).kl(), 1e-6);
      assertEquals(squares / data.size() - mean * mean, dimensions.get(0).meanVariance(), 1e-6);
      assertEquals(2, dimensions.get(1).kl(), 1e-6);
      assertEquals(0, dimensions.get(1).meanVariance(), 1e-12);
      assertEquals(0, dimensions.get(2).kl(), 1e-7);
      assertEquals(1, use.active());
      assertEquals(List.of(1, 0, 2), use.byKl().stream().map(LatentUse.Dimension::index).toList());
      String advice = use.collapse().orElseThrow();
      assertTrue(advice.startsWith("2 of 3 latent dimensions have collapsed"), advice);
    }
  }

  @Test
  void aWhollyCollapsedPosteriorIsSaidSo() {
    try (GpuVae vae = known()) {
      vae.parameter("encoder.mean.weight", new float[3 * FEATURES]);
      String advice = LatentUse.of(vae, data(20)).collapse().orElseThrow();
      assertTrue(advice.startsWith("The posterior has collapsed"), advice);
      assertTrue(advice.contains("Try a smaller KL weight"), advice);
    }
  }

  @Test
  void aPosteriorInFullUseNeedsNoWords() {
    try (GpuVae vae = known()) {
      float[] mean = new float[3 * FEATURES];
      for (int j = 0; j < 3; j++) {
        mean[j * FEATURES + j] = 1;
      }
      vae.parameter("encoder.mean.weight", mean);
      LatentUse use = LatentUse.of(vae, data(100));
      assertEquals(3, use.active());
      assertFalse(use.collapse().isPresent());
    }
  }

  @ParameterizedTest
  @EnumSource(value = Head.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void dimensionsAddUpToTheKlOfAnEvaluation(Head head) {
    Dataset data = data(45);
    try (GpuVae vae = GpuVae.create(config(head, 4), Device.cpu(), 5)) {
      double kl = vae.evaluate(data).kl();
      assertEquals(kl, LatentUse.of(vae, data).kl(), 1e-5 * kl);
    }
  }

  @Test
  void anAutoencoderHasNone() {
    try (GpuVae vae = GpuVae.create(VaeConfig.preset("autoencoder"), Device.cpu(), 1)) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> LatentUse.of(vae, data(10)))
              .getMessage();
      assertTrue(message.contains("does not sample"), message);
    }
  }

  @Test
  void encodingADataSetIsEncodingItsRows() {
    Dataset data = data(30);
    try (GpuVae vae = known()) {
      float[] rows = Arrays.copyOfRange(data.floats(), 4 * FEATURES, 25 * FEATURES);
      assertEquals(
          Arrays.toString(vae.encode(rows).mean()),
          Arrays.toString(vae.encode(data, 4, 21).mean()));
      assertThrows(IndexOutOfBoundsException.class, () -> vae.encode(data, 20, 11));
    }
  }
}
