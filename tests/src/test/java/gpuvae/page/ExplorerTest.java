package gpuvae.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.latent.Latents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplorerTest {
  @TempDir Path folder;

  @Test
  void nothingInThePageComesFromElsewhere() throws IOException {
    Path file = folder.resolve("page.html");
    try (GpuVae vae = GpuVae.create(VaeConfig.preset("mlp-softplus"), Device.cpu(), 1)) {
      Explorer.write(file, vae, Dataset.ofFloats("ones", 10, filled(50, 1)), folder);
    }
    String page = Files.readString(file);
    assertTrue(page.contains("default-src 'none'"));
    assertEquals(1, page.split("href=\"").length - 1, "only the empty icon");
    assertEquals(0, page.split("src=\"").length - 1);
  }

  @Test
  void latentsThatAreNotFiniteAreRefused() {
    try (GpuVae vae = GpuVae.create(VaeConfig.preset("mlp-softplus"), Device.cpu(), 1)) {
      float[] values = filled(50, Float.MAX_VALUE);
      Arrays.fill(values, 0, 25, -Float.MAX_VALUE);
      Dataset huge = Dataset.ofFloats("huge", 10, values);
      Exception e =
          assertThrows(
              IllegalArgumentException.class,
              () -> Explorer.write(folder.resolve("page.html"), vae, huge, folder));
      assertTrue(e.getMessage().contains("samples of huge"), e.getMessage());
    }
  }

  private static float[] filled(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void aPlaneOfOneLatentIsALine() {
    Plane plane = Plane.of(new Latents(2, 1, new float[] {3, -1}, null, null));
    assertArrayEquals(new float[] {3, 0, -1, 0}, plane.project(new float[] {3, -1}));
    assertArrayEquals(new float[] {3, -1}, plane.latents(new float[] {3, 9, -1, 9}));
  }

  @Test
  void ofTwoLatentsThePlaneIsAllThereIs() {
    Plane plane = Plane.of(new Latents(1, 2, new float[] {3, -1}, null, null));
    assertArrayEquals(new float[] {3, -1}, plane.project(new float[] {3, -1}));
    assertArrayEquals(new float[] {5, 7}, plane.latents(new float[] {5, 7}));
  }

  @Test
  void ofMoreThePlaneGoesWhereTheyVaryMost() {
    float[] means = {0, 0, 1, 10, 0, 1, 0, 5, 1, 10, 5, 1};
    Plane plane = Plane.of(new Latents(4, 3, means, null, null));
    assertArrayEquals(new float[] {5, 2.5f, 1}, plane.origin(), 1e-5f);
    assertArrayEquals(new float[] {-5, -2.5f}, plane.project(new float[] {0, 0, 8}), 1e-4f);
    assertArrayEquals(new float[] {0, 5, 1}, plane.latents(new float[] {-5, 2.5f}), 1e-4f);
  }

  @Test
  void extentsHaveRoomEvenWhereNothingVaries() {
    Extent extent = Extent.of(new float[] {0, 7, 10, 7}, 2, 0);
    assertArrayEquals(new float[] {-0.5f, 6}, extent.low(), 1e-6f);
    assertArrayEquals(new float[] {10.5f, 8}, extent.high(), 1e-6f);
    assertArrayEquals(new float[] {-3.85f}, Extent.of(new float[] {1}, 1, 3.5f).low(), 1e-6f);
  }

  @Test
  void bytesSpanTheRange() {
    ValueRange range = ValueRange.of(new float[] {-1, 2}, new float[] {4});
    assertArrayEquals(
        new byte[] {0, 51, (byte) 255, (byte) 255},
        range.quantised(new float[] {9, -3, 0, 4, 7}, 1, 4));
    assertEquals(new ValueRange(0, 1), ValueRange.of(new float[] {0}));
  }
}
