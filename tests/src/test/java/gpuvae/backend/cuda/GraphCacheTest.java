package gpuvae.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.DeviceFailedException;
import gpuvae.backend.ElementType;
import gpuvae.backend.StepKey;
import gpuvae.backend.Tensor;
import gpuvae.config.VaeConfig;
import gpuvae.model.ConvolutionalConfigs;
import gpuvae.model.VaeModel;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When a step runs as it is, when it is captured, and when a graph takes its place. */
@Tag("cuda")
class GraphCacheTest {
  private static final StepKey KEY = new StepKey("double", 4);

  private CudaBackend backend;
  private Tensor x;
  private int calls;

  CudaBackend create(boolean withGraphs) {
    return CudaBackends.open(withGraphs);
  }

  @BeforeEach
  void open() {
    backend = create(true);
    x = backend.allocate(ElementType.F32, 4);
    calls = 0;
  }

  @AfterEach
  void close() {
    if (backend == null) {
      return;
    }
    backend.free(x);
    backend.close();
    assertEquals(0, backend.ledger().open().size());
  }

  /** x = 1, then x copied over itself by a second kernel: two launches. */
  private void body() {
    calls++;
    backend.fill(x, 1);
    backend.copy(4, x, x);
  }

  private float[] values() {
    float[] values = new float[4];
    backend.read(x, values, 0, 4);
    return values;
  }

  @Test
  void theThirdRunIsAReplay() {
    for (int run = 1; run <= 4; run++) {
      backend.write(x, new float[4], 0, 4);
      backend.run(KEY, this::body);
      assertArrayEquals(new float[] {1, 1, 1, 1}, values());
      assertEquals(Math.min(run, 2), calls);
      assertEquals(run == 1 ? Set.of() : Set.of(KEY), backend.graphs().nodes().keySet());
    }
    assertEquals(2, backend.graphs().nodes().get(KEY));
  }

  @Test
  void fourAreKept() {
    for (int rows = 1; rows <= 6; rows++) {
      StepKey key = new StepKey("double", rows);
      backend.run(key, this::body);
      backend.run(key, this::body);
    }
    assertEquals(4, backend.graphs().nodes().size());
    assertTrue(backend.graphs().nodes().containsKey(new StepKey("double", 6)));
  }

  @Test
  void freeingDropsThem() {
    backend.run(KEY, this::body);
    backend.run(KEY, this::body);
    backend.free(backend.allocate(ElementType.F32, 1));
    assertEquals(0, backend.graphs().nodes().size());
    backend.run(KEY, this::body);
    assertEquals(3, calls);
  }

  private void failingBody() {
    body();
    throw new IllegalStateException("on purpose");
  }

  @Test
  void aBodyThatFailsLeavesTheDeviceUsable() {
    backend.run(KEY, this::body);
    for (int run = 0; run < 3; run++) {
      assertThrows(IllegalStateException.class, () -> backend.run(KEY, this::failingBody));
      backend.write(x, new float[4], 0, 4);
      backend.run(new StepKey("other", 1), this::body);
      assertArrayEquals(new float[] {1, 1, 1, 1}, values());
    }
  }

  @Test
  void waitingInACaptureIsAnErrorAndNothingIsLost() {
    backend.run(KEY, this::body);
    assertThrows(DeviceFailedException.class, () -> backend.run(KEY, backend::synchronize));
    backend.run(KEY, this::body);
    assertArrayEquals(new float[] {1, 1, 1, 1}, values());
  }

  @Test
  void withAndWithoutGraphsTheBitsAreEqual() {
    List<VaeConfig> configs = new ArrayList<>(ConvolutionalConfigs.all());
    configs.add(VaeConfig.preset("mlp-relu"));
    configs.add(VaeConfig.preset("mlp-softplus"));
    for (VaeConfig config : configs) {
      long[][] words = new long[2][];
      float[][] parameters = new float[2][];
      for (int version = 0; version < 2; version++) {
        try (CudaBackend one = create(version == 0);
            VaeModel model = new VaeModel(one, config, 5)) {
          Random random = new Random(1);
          int features = config.input().shape().features();
          for (int step = 0; step < 12; step++) {
            int rows = step % 3 == 2 ? 7 : 16;
            float[] batch = new float[rows * features];
            for (int i = 0; i < batch.length; i++) {
              batch[i] = random.nextFloat();
            }
            model.trainStep(batch, rows, null);
          }
          assertEquals(version == 0 ? 2 : 0, one.graphs().nodes().size());
          words[version] = model.training().read(one);
          parameters[version] = new float[(int) model.parameters().values().size()];
          one.read(model.parameters().values(), MemorySegment.ofArray(parameters[version]));
        }
      }
      assertArrayEquals(words[0], words[1]);
      assertArrayEquals(parameters[0], parameters[1]);
    }
  }

  /** Closing waits for the whole device, which would spoil what is being recorded there. */
  @Test
  void anotherModelIsClosedMeanwhile() throws Exception {
    CudaBackend other = create(true);
    FutureTask<Void> closing = new FutureTask<>(other::close, null);
    Thread thread = new Thread(closing);
    Runnable body =
        () -> {
          body();
          if (calls == 2) {
            thread.start();
            join(thread, 200);
          }
        };
    for (int step = 0; step < 3; step++) {
      backend.run(KEY, body);
    }
    closing.get();
    assertEquals(2, calls);
    assertEquals(1, values()[3]);
  }

  private static void join(Thread thread, long millis) {
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
