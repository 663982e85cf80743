package gpuvae.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Binding;
import gpuvae.config.VaeConfig;
import gpuvae.model.VaeModel;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs through JCuda, and training with the bits that the FFM API gives. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class JCudaBackendTest extends GraphCacheTest {
  private static final int STEPS = 10;
  private static final int ROWS = 16;

  @Override
  CudaBackend create(boolean withGraphs) {
    return CudaBackends.open(Binding.JCUDA, withGraphs);
  }

  /** What is left after training: parameters, and the words of the step state. */
  private record Outcome(float[] parameters, long[] words) {
    static Outcome of(Binding binding, String preset) {
      VaeConfig config = VaeConfig.preset(preset);
      try (CudaBackend backend = CudaBackends.open(binding, true);
          VaeModel model = new VaeModel(backend, config, 5)) {
        String device = CudaBackends.provider().describe(backend.device());
        assertEquals(binding == Binding.JCUDA, device.endsWith("through JCuda"), device);
        Random random = new Random(1);
        float[] batch = new float[ROWS * config.input().shape().features()];
        for (int step = 0; step < STEPS; step++) {
          for (int i = 0; i < batch.length; i++) {
            batch[i] = random.nextFloat();
          }
          model.trainStep(batch, ROWS, null);
        }
        assertEquals(1, backend.graphs().nodes().size());
        float[] parameters = new float[(int) model.parameters().values().size()];
        backend.read(model.parameters().values(), MemorySegment.ofArray(parameters));
        return new Outcome(parameters, model.training().read(backend));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp-relu", "mlp-softplus"})
  void theBitsAreThoseOfTheFfmApi(String preset) {
    Outcome expected = Outcome.of(Binding.FFM, preset);
    Outcome actual = Outcome.of(Binding.JCUDA, preset);
    assertArrayEquals(expected.parameters(), actual.parameters());
    assertArrayEquals(expected.words(), actual.words());
    float sum = 0;
    for (float parameter : expected.parameters()) {
      sum += Math.abs(parameter);
    }
    assertTrue(sum > 0 && Float.isFinite(sum), "sum of parameters: " + sum);
  }
}
