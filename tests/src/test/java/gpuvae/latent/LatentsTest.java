package gpuvae.latent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatentsTest {
  @Test
  void encodesAWholeSetInItsOrder() {
    VaeConfig config = VaeConfig.preset("mlp-relu", Shape.image(1, 3, 2));
    byte[] pixels = new byte[1500 * 6];
    new Random(3).nextBytes(pixels);
    int[] labels = new Random(4).ints(1500, 0, 10).toArray();
    Dataset data = Dataset.ofBytes("pixels", Shape.image(1, 3, 2), pixels, labels);
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 1)) {
      Latents latents = Latents.of(vae, data);
      assertEquals(1500, latents.rows());
      assertArrayEquals(labels, latents.labels());
      for (int row : new int[] {0, 1023, 1024, 1499}) {
        float[] x = new float[6];
        for (int i = 0; i < 6; i++) {
          x[i] = (pixels[row * 6 + i] & 0xFF) / 255f;
        }
        var alone = vae.encode(x);
        assertArrayEquals(alone.mean(), latents.mean(row), 1e-6f, "row " + row);
        for (int i = 0; i < 20; i++) {
          assertEquals(alone.sigma()[i], latents.sigma()[row * 20 + i], 1e-6f, "row " + row);
        }
      }
    }
  }

  @Test
  void anAutoencoderHasCodesOnly() {
    Dataset data = Dataset.ofFloats("numbers", 10, new float[30]);
    try (GpuVae vae = GpuVae.create(VaeConfig.preset("autoencoder"), Device.cpu(), 1)) {
      Latents latents = Latents.of(vae, data);
      assertNull(latents.sigma());
      assertNull(latents.labels());
      assertEquals(3, latents.rows());
      assertThrows(IllegalArgumentException.class, () -> ClassMeans.of(latents));
    }
  }

  @Test
  void classMeansAverageEachClass() {
    float[] mean = {1, 10, 2, 20, 4, 40, 8, 80};
    Latents latents = new Latents(4, 2, mean, null, new int[] {7, 3, 7, 7});
    ClassMeans means = ClassMeans.of(latents);
    assertEquals(List.of(3, 7), means.classes());
    assertArrayEquals(new float[] {2, 20}, means.mean(3));
    assertArrayEquals(new float[] {13 / 3f, 130 / 3f}, means.mean(7));
    assertEquals(
        "no sample of class 5, the data has classes [3, 7]",
        assertThrows(IllegalArgumentException.class, () -> means.mean(5)).getMessage());
  }

  @Test
  void refusesSizesThatDoNotFit() {
    assertThrows(IllegalArgumentException.class, () -> new Latents(2, 2, new float[3], null, null));
    assertThrows(
        IllegalArgumentException.class, () -> new Latents(1, 2, new float[2], new float[1], null));
    assertThrows(
        IllegalArgumentException.class, () -> new Latents(1, 2, new float[2], null, new int[2]));
  }
}
