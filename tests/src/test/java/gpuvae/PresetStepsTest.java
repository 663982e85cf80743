package gpuvae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Device;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaLibraries;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Five steps of each preset at its own batch size (convolutional ones, which take long here, at
 * some rows), the last one ragged: the CPU's losses and gradient norms, and the same parameters
 * each time. Under the adversary profile the order of all work differs, the bits do not.
 *
 * <p>Adam's first step is about the learning rate in the direction of the gradient, however small
 * that is: where rounding decides the sign of one, a parameter goes the other way (12 of
 * conv-residual's 387,554 do), and its gradients, whose norm is 18,000 here, are far from those of
 * the other way after it. So that preset begins every step with the CPU's parameters.
 */
@ExtendWith(CudaLibraries.class)
class PresetStepsTest {
  private static final int STEPS = 5;
  private static final long SEED = 11;

  private static float[] rows(VaeConfig config, int step) {
    int batch = config.isConvolutional() ? 6 : config.batchSize();
    int rows = step == STEPS - 1 ? batch * 2 / 3 : batch;
    float[] values = new float[rows * config.input().shape().features()];
    Random random = new Random(step);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(4) == 0 ? random.nextFloat() : 0;
    }
    return values;
  }

  @Tag("cuda")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlp-relu",
        "mlp-leaky",
        "mlp-softplus",
        "autoencoder",
        "conv-upsample",
        "conv-residual"
      })
  void followsTheCpuAndRepeats(String preset) {
    VaeConfig config = VaeConfig.preset(preset);
    try (GpuVae cpu = GpuVae.create(config, Device.cpu(), SEED);
        GpuVae cuda = GpuVae.create(config, Device.cuda(0), SEED);
        GpuVae again = GpuVae.create(config, Device.cuda(0), SEED)) {
      for (int step = 0; step < STEPS; step++) {
        float[] rows = rows(config, step);
        StepLoss want = cpu.trainStep(rows);
        StepLoss got = cuda.trainStep(rows);
        again.trainStep(rows);
        assertTrue(got.accepted(), got.toString());
        String what = "expected " + want + ", got " + got;
        assertEquals(want.total(), got.total(), 1e-5 * want.total(), what);
        assertEquals(want.gradientNorm(), got.gradientNorm(), 1e-4 * want.gradientNorm(), what);
        Map<String, float[]> same = again.parameters();
        cuda.parameters().forEach((name, values) -> assertArrayEquals(values, same.get(name)));
        if (preset.equals("conv-residual")) {
          cpu.parameters().forEach(cuda::parameter);
          cpu.parameters().forEach(again::parameter);
        }
      }
    }
  }
}
