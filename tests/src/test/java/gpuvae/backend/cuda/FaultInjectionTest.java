package gpuvae.backend.cuda;

import static gpuvae.config.LayerConfig.batchNorm;
import static gpuvae.config.LayerConfig.conv2d;
import static gpuvae.config.LayerConfig.dense;
import static gpuvae.config.LayerConfig.instanceNorm;
import static gpuvae.config.LayerConfig.maxPool;
import static gpuvae.config.LayerConfig.reshape;
import static gpuvae.config.LayerConfig.residual;
import static gpuvae.config.LayerConfig.upsample;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import gpuvae.GpuVae;
import gpuvae.StepLoss;
import gpuvae.backend.Activation;
import gpuvae.backend.Device;
import gpuvae.backend.DeviceFailedException;
import gpuvae.backend.DeviceUnavailableException;
import gpuvae.backend.OutOfDeviceMemoryException;
import gpuvae.backend.StepState;
import gpuvae.config.Likelihood;
import gpuvae.config.Padding;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaLibraries;
import gpuvae.cuda.SoftwareDevice;
import gpuvae.data.Dataset;
import gpuvae.data.Order;
import gpuvae.io.ModelFolder;
import gpuvae.io.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each call of two training steps fails, one after the other, with errors that a driver could give
 * there: those of the tiny preset, and of a model with every layer of images those that only it
 * has. Another preset in the place of the first on demand: -Dgpuvae.test.faults=mlp-relu.
 */
@ExtendWith(CudaLibraries.class)
class FaultInjectionTest {
  private static final VaeConfig DENSE =
      VaeConfig.preset(System.getProperty("gpuvae.test.faults", "mlp-softplus"));

  /** With all that convolutional models ask of a device. */
  private static final VaeConfig IMAGES =
      VaeConfig.builder()
          .name("images")
          .input(Shape.image(1, 6, 6))
          .encoder(
              conv2d("e1", 2, 4).withPadding(Padding.same(4)).withActivation(Activation.RELU),
              residual(
                  conv2d("e2", 2, 3).withPadding(Padding.of(1)).withoutBias(), instanceNorm("e3")),
              maxPool(2))
          .latent(2)
          .decoderWithOutput(
              dense("d1", 2 * 3 * 3),
              reshape(2, 3, 3),
              batchNorm("d2").withActivation(Activation.RELU),
              upsample(),
              conv2d("d3", 1, 3).withPadding(Padding.of(1)))
          .likelihood(Likelihood.SQUARED_ERROR)
          .build();

  private static final int ROWS = 4;
  private static final long SEED = 5;
  private static final Pattern FREEING = Pattern.compile("Destroy|Free|Unload|SetCurrent");

  /** Errors after which the context is lost. */
  private static final Set<Integer> STICKY = Set.of(700, 719, 999);

  /** A run is some hundredths of a second; this many of them have certainly ended. */
  private static final Duration HUNG = Duration.ofMinutes(2);

  private final SoftwareDevice device = SoftwareDevice.get();
  private final Logger logger = Logger.getLogger("gpuvae");
  private final List<String> leaks = new ArrayList<>();
  private final Handler ledger =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          leaks.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  /** Those that failed. */
  private final Set<String> functions = new HashSet<>();

  @TempDir Path folder;

  private VaeConfig config;
  private float[] batch;

  /** Of a resident data set with a batch for each step; null to take steps on the host's batch. */
  private Order order;

  /** What two steps give when nothing fails. */
  private TrainingState expected;

  private TrainingState saved;

  @BeforeEach
  void listen() {
    logger.addHandler(ledger);
  }

  private void runWithoutFaults(VaeConfig chosen) throws IOException {
    config = chosen;
    batch = new float[ROWS * config.input().shape().features()];
    for (int i = 0; i < batch.length; i += 3) {
      batch[i] = 1;
    }
    try (GpuVae vae = create()) {
      step(vae, 0);
      vae.save(folder.resolve("before"));
      step(vae, 1);
      expected = vae.trainingState(Map.of());
    }
    saved = ModelFolder.readState(folder.resolve("before"));
  }

  @AfterEach
  void disarm() {
    device.disarm();
    logger.removeHandler(ledger);
  }

  private StepLoss step(GpuVae vae, int number) {
    return order == null ? vae.trainStep(batch) : vae.trainStep(order.batch(number * ROWS, ROWS));
  }

  private GpuVae create() {
    return GpuVae.create(config, Device.cuda(0), SEED);
  }

  @ParameterizedTest
  @CsvSource({
    "alloc, 2, no room for an allocation",
    "call, 2, no room for anything",
    "call, 719, a kernel failed before",
    "launch, 701, too many resources",
    "launch, 700, illegal address",
    "copy, 700, illegal address",
    "library, 3, cuBLAS has no room",
    "library, 14, cuBLAS is broken",
    "library, 999, the driver is broken"
  })
  void everyCallFailsOnce(String calls, int status, String why) throws IOException {
    everyCallFailsOnce(DENSE, calls, status);
  }

  @ParameterizedTest
  @CsvSource({
    "alloc, 2, no room for an allocation",
    "copy, 719, a kernel failed before",
    "cuModuleLoadDataEx, 2, no room for kernels",
    "library, 3000, cuDNN does not support it"
  })
  void everyCallOfImagesFailsOnce(String calls, int status, String why) throws IOException {
    everyCallFailsOnce(IMAGES, calls, status);
  }

  @ParameterizedTest
  @CsvSource({
    "call, 2, no room for anything",
    "call, 719, a kernel failed before",
    "launch, 701, too many resources"
  })
  void everyCallOnAResidentSetFailsOnce(String calls, int status, String why) throws IOException {
    int features = DENSE.input().shape().features();
    float[] values = new float[3 * ROWS * features];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 7 / 7f;
    }
    order = Order.shuffled(Dataset.ofFloats("resident", features, values), 1, 1);
    everyCallFailsOnce(DENSE, calls, status);
  }

  private void everyCallFailsOnce(VaeConfig chosen, String calls, int status) throws IOException {
    runWithoutFaults(chosen);
    int n = 1;
    while (failsAt(calls, n, status)) {
      n++;
    }
    assertTrue(n > 5, "only " + (n - 1) + " of these calls");
  }

  /** False if there are fewer than n of these calls. */
  private boolean failsAt(String calls, int n, int status) {
    String what = calls + " " + n + " = " + status;
    Assertions.assertTimeoutPreemptively(HUNG, () -> run(calls, n, status, what), what);
    assertEquals(List.of(), leaks, what);
    String failed = device.failed();
    device.disarm();
    if (failed != null && functions.add(failed)) {
      worksAgain(what + " " + failed);
    }
    return failed != null;
  }

  private void run(String calls, int n, int status, String what) throws IOException {
    device.fail(calls, n, status);
    GpuVae vae = null;
    try {
      vae = create();
      step(vae, 0);
      StepLoss loss = step(vae, 1);
      assertTrue(loss.accepted(), what);
      vae.save(folder.resolve("after"));
    } catch (DeviceFailedException | OutOfDeviceMemoryException | DeviceUnavailableException e) {
      named(e, what);
      if (vae != null && !STICKY.contains(status)) {
        goesOn(vae, what);
      }
    } finally {
      if (vae != null) {
        close(vae, status, what);
      }
    }
  }

  private void named(RuntimeException e, String what) {
    String failed = device.failed();
    assertNotNull(failed, what);
    // What is freed while a context is lost is silent; the next call tells.
    Pattern named = Pattern.compile(FREEING.matcher(failed).find() ? "cu\\w+: " : failed + ": ");
    assertTrue(named.matcher(e.getMessage()).find(), what + " " + failed + ": " + e.getMessage());
  }

  /** An error that leaves the context as it is costs a step at most. */
  private void goesOn(GpuVae vae, String what) {
    int attempts = order == null ? 0 : (int) vae.trainingState(Map.of()).words()[StepState.ATTEMPT];
    while (attempts < 2) {
      StepLoss loss = step(vae, attempts);
      assertTrue(loss.accepted() && Double.isFinite(loss.total()), what);
      attempts = (int) loss.step() + 1;
    }
    TrainingState state = vae.trainingState(Map.of());
    assertEquals(attempts, state.words()[StepState.ATTEMPT], what);
    if (attempts == 2) {
      assertArrayEquals(expected.weights().parameters(), state.weights().parameters(), what);
      assertArrayEquals(expected.secondMoment(), state.secondMoment(), what);
    }
  }

  /** What a lost context takes with it need not be freed, and nobody has to hear of it. */
  private void close(GpuVae vae, int status, String what) {
    boolean before = device.failed() != null;
    try {
      vae.close();
      if (!before && device.failed() != null && !STICKY.contains(status)) {
        fail(what + ": " + device.failed() + " failed in close, and nobody heard of it");
      }
    } catch (DeviceFailedException e) {
      assertTrue(!before, what + ": closing fails, though the fault is over: " + e.getMessage());
      named(e, what);
    }
  }

  private void worksAgain(String what) {
    try (GpuVae vae = GpuVae.resume(folder.resolve("before"), Device.cuda(0))) {
      assertTrue(
          Arrays.equals(
              saved.weights().parameters(), vae.trainingState(Map.of()).weights().parameters()),
          what);
      step(vae, 1);
      assertArrayEquals(
          expected.weights().parameters(),
          vae.trainingState(Map.of()).weights().parameters(),
          what);
    } catch (IOException e) {
      fail(what + ": the checkpoint is damaged", e);
    }
  }
}
