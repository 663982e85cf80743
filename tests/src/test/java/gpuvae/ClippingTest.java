package gpuvae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Activation;
import gpuvae.backend.Device;
import gpuvae.config.OptimizerConfig;
import gpuvae.config.TrainingControls;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaLibraries;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradient clipping by the norm of all gradients, in a model. */
@ExtendWith(CudaLibraries.class)
class ClippingTest {
  /** So large an epsilon that the first step is nearly rate x gradient / epsilon. */
  private static VaeConfig config(double clipNorm) {
    return VaeConfig.builder()
        .input(13)
        .hidden(Activation.TANH, 7)
        .latent(3)
        .optimizer(new OptimizerConfig(false, 1e6, 0.9, 0.999, 1e9, 0))
        .controls(TrainingControls.NONE.withClipNorm(clipNorm))
        .build();
  }

  private static float[] batch() {
    Random random = new Random(1);
    float[] values = new float[8 * 13];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "cuda"})
  void aStepIsAsLongAsTheClippedGradient(String name) {
    Device device = name.equals("cpu") ? Device.cpu() : Device.cuda(0);
    try (GpuVae free = GpuVae.create(config(Double.POSITIVE_INFINITY), device, 3)) {
      Map<String, float[]> before = free.parameters();
      double norm = free.trainStep(batch()).gradientNorm();
      assertEquals(1e-3 * norm, distance(before, free.parameters()), 1e-4 * 1e-3 * norm);
      for (double limit : new double[] {norm / 3, 2 * norm}) {
        try (GpuVae vae = GpuVae.create(config(limit), device, 3)) {
          StepLoss loss = vae.trainStep(batch());
          assertTrue(loss.accepted());
          assertEquals(norm, loss.gradientNorm(), "the norm told is that before clipping");
          double expected = 1e-3 * Math.min(norm, limit);
          assertEquals(expected, distance(before, vae.parameters()), 1e-4 * expected);
          if (limit > norm) {
            free.parameters().forEach((n, v) -> assertArrayEquals(v, vae.parameters().get(n), n));
          }
        }
      }
    }
  }

  private static double distance(Map<String, float[]> from, Map<String, float[]> to) {
    double squares = 0;
    for (Map.Entry<String, float[]> entry : from.entrySet()) {
      float[] end = to.get(entry.getKey());
      for (int i = 0; i < end.length; i++) {
        squares += Math.pow((double) end[i] - entry.getValue()[i], 2);
      }
    }
    return Math.sqrt(squares);
  }
}
