package gpuvae.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Binarisation;
import gpuvae.backend.ElementType;
import gpuvae.backend.Preprocessing;
import gpuvae.config.TrainingControls;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaDeviceForTests;
import gpuvae.model.ResidentData;
import gpuvae.model.VaeModel;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many launches and products a training step is, all of them in one graph. */
class LaunchCountTest {
  private static final int ROWS = 16;

  @ParameterizedTest
  @CsvSource({
    "mlp-relu, 10",
    "mlp-leaky, 30",
    "mlp-softplus, 10",
    "autoencoder, 17",
    "conv-upsample, 36",
    "conv-residual, 101"
  })
  void aStepIsThisMany(String preset, long count) {
    assertCount(count, VaeConfig.preset(preset));
  }

  @Test
  void otherObjectivesTakeMore() {
    VaeConfig preset = VaeConfig.preset("mlp-relu");
    TrainingControls none = TrainingControls.NONE;
    assertCount(21, preset.toBuilder().controls(none.withFreeBits(0.1)).build());
    assertCount(26, preset.toBuilder().controls(none.withImportanceSamples(5)).build());
    assertCount(10, preset.toBuilder().controls(none.withClipNorm(1)).build());
  }

  @Test
  void largeBatchesTakeAsMany() {
    assertCount(10, VaeConfig.preset("mlp-softplus"), 4099);
  }

  private static void assertCount(long count, VaeConfig config) {
    assertCount(count, config, ROWS);
  }

  private static void assertCount(long count, VaeConfig config, int rows) {
    int features = config.input().shape().features();
    byte[] pixels = new byte[2 * rows * features];
    new Random(1).nextBytes(pixels);
    try (CudaBackend backend = CudaBackends.open(true);
        VaeModel model = new VaeModel(backend, config, 1)) {
      ResidentData data =
          model.upload(
              ElementType.U8,
              MemorySegment.ofArray(pixels),
              2 * rows,
              new Preprocessing(1 / 255f, 0, Binarisation.NONE, 0));
      int[] order = new int[2 * rows];
      for (int i = 0; i < order.length; i++) {
        order[i] = order.length - 1 - i;
      }
      data.order(order);
      model.trainStep(data, 0, rows);
      model.trainStep(data, rows, rows);
      List<Long> counts = List.copyOf(backend.graphs().nodes().values());
      data.free();
      assertEquals(1, counts.size());
      // NVIDIA's libraries launch more than one kernel for some calls; the software device counts
      // calls.
      assertTrue(
          CudaDeviceForTests.isCard() ? counts.getFirst() >= count : counts.getFirst() == count,
          counts + " launches, expected " + count);
    }
  }
}
