package gpuvae.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaLibraries;
import gpuvae.cuda.SoftwareDevice;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Work waits until something waits for it, in many orders that the streams and events allow: an
 * event too few, or host memory used too early, gives other bits in one of them.
 */
@ExtendWith(CudaLibraries.class)
class DeferredStreamsTest {
  private static final int STEPS = 8;
  private static final int ROWS = 6;
  private static final VaeConfig CONFIG = VaeConfig.preset("mlp-softplus");
  private static final int FEATURES = CONFIG.input().shape().features();

  private final SoftwareDevice device = SoftwareDevice.get();
  private int reports;
  private List<float[]> expected;

  @BeforeEach
  void inOrder() {
    reports = device.reportCount();
    expected = train();
  }

  @AfterEach
  void end() {
    device.defer(0);
  }

  /** Ten seeds; more on demand: -Dgpuvae.test.seeds=1000. */
  static LongStream seeds() {
    return LongStream.rangeClosed(1, Integer.getInteger("gpuvae.test.seeds", 10));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void hostBatchesTrainTheSame(long seed) {
    device.defer(seed);
    List<float[]> actual = train();
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i));
    }
    assertEquals(reports, device.reportCount());
  }

  /** Host batches from one array, without waiting in between; then inference and growth. */
  private static List<float[]> train() {
    Random random = new Random(3);
    float[] batch = new float[ROWS * FEATURES];
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cuda(0), 1)) {
      for (int step = 0; step < STEPS; step++) {
        for (int i = 0; i < batch.length; i++) {
          batch[i] = random.nextInt(2);
        }
        vae.trainStep(batch);
        Arrays.fill(batch, Float.NaN);
      }
      float[] sampled = vae.sample(3, 7);
      float[] decoded = vae.reconstruct(vae.sample(4 * ROWS, 8));
      vae.trainStep(decoded);
      vae.learningRate(0.5);
      double loss = vae.trainStep(decoded).total();
      float[] first = vae.parameters().values().iterator().next();
      return List.of(sampled, decoded, first, new float[] {(float) loss});
    }
  }
}
