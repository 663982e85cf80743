package gpuvae.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.GpuVae;
import gpuvae.StepLoss;
import gpuvae.backend.Device;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaLibraries;
import gpuvae.cuda.SoftwareDevice;
import gpuvae.data.Batch;
import gpuvae.data.Dataset;
import gpuvae.data.Order;
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
  private static final int SAMPLES = 40 * ROWS + 1;
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

  /** Each loss is its step's, and when it is there steps given after it are still to be done. */
  @ParameterizedTest
  @MethodSource("seeds")
  void aLossWaitsForItsStepAlone(long seed) {
    List<Batch> batches = Order.shuffled(data(), seed, 1).batches(ROWS);
    double[] inOrder = new double[batches.size()];
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cuda(0), 1)) {
      for (int step = 0; step < inOrder.length; step++) {
        inOrder[step] = vae.trainStep(batches.get(step)).total();
      }
    }
    device.defer(seed);
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cuda(0), 1)) {
      List<StepLoss> losses = batches.stream().map(vae::trainStep).toList();
      for (int step : new int[] {5, inOrder.length - 16, 0, inOrder.length - 12}) {
        assertEquals(inOrder[step], losses.get(step).total());
      }
      long done = device.launches();
      vae.runningLoss();
      assertTrue(device.launches() > done, "all steps were done");
      for (int step = 0; step < inOrder.length; step++) {
        assertEquals(inOrder[step], losses.get(step).total());
      }
    }
    assertEquals(reports, device.reportCount());
  }

  private static Dataset data() {
    Random random = new Random(4);
    float[] values = new float[SAMPLES * FEATURES];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return Dataset.ofFloats("random", FEATURES, values);
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
