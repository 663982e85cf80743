package gpuvae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuvae.backend.Activation;
import gpuvae.backend.Device;
import gpuvae.backend.StepState;
import gpuvae.config.Schedule;
import gpuvae.config.TrainingControls;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaLibraries;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that vary from step to step, on steps that are replayed. */
@ExtendWith(CudaLibraries.class)
class SchedulesTest {
  private static final int STEPS = 9;
  private static final VaeConfig PLAIN =
      VaeConfig.builder().input(13).hidden(Activation.TANH, 7).latent(3).klWeight(2).build();
  private static final TrainingControls CONTROLS =
      TrainingControls.NONE
          .withLearningRate(new Schedule.Cosine(7, 0.1))
          .withKlWeight(new Schedule.Cyclical(4, 0.5));

  private static Device device(String name) {
    return name.equals("cpu") ? Device.cpu() : Device.cuda(0);
  }

  private static VaeConfig with(TrainingControls controls) {
    return PLAIN.toBuilder().controls(controls).build();
  }

  private static float[] batch(int step) {
    Random random = new Random(step);
    float[] values = new float[8 * 13];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  private static void assertSame(Map<String, float[]> expected, Map<String, float[]> actual) {
    expected.forEach((name, values) -> assertArrayEquals(values, actual.get(name), name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "cuda"})
  void theRateIsAsIfItWereSetByHand(String device) {
    VaeConfig config = with(CONTROLS.withKlWeight(Schedule.CONSTANT));
    try (GpuVae vae = GpuVae.create(config, device(device), 3);
        GpuVae byHand = GpuVae.create(PLAIN, device(device), 3)) {
      for (int step = 0; step < STEPS; step++) {
        vae.trainStep(batch(step));
        byHand.learningRate(1e-3 * config.controls().learningRate().factor(step));
        byHand.trainStep(batch(step));
      }
      assertSame(byHand.parameters(), vae.parameters());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "cuda"})
  void theWeightOfTheKlIsThatOfTheStep(String device) {
    try (GpuVae vae = GpuVae.create(with(CONTROLS), device(device), 3)) {
      for (int step = 0; step < STEPS; step++) {
        double weight = 2 * CONTROLS.klWeight().factor(step);
        Map<String, float[]> before = vae.parameters();
        StepLoss loss = vae.trainStep(batch(step));
        assertEquals(loss.reconstruction() + weight * loss.kl(), loss.total());
        VaeConfig fixed = PLAIN.toBuilder().klWeight(weight).build();
        try (GpuVae other = GpuVae.create(fixed, device(device), 3)) {
          for (int skipped = 0; skipped < step; skipped++) {
            other.trainStep(batch(0));
          }
          before.forEach(other::parameter);
          other.trainStep(batch(step));
          assertSame(other.gradients(), vae.gradients());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "cuda"})
  void aResumedRunGoesOnWhereItWas(String device, @TempDir Path folder) throws IOException {
    try (GpuVae vae = GpuVae.create(with(CONTROLS), device(device), 3)) {
      for (int step = 0; step < STEPS; step++) {
        if (step == 5) {
          vae.save(folder);
        }
        vae.trainStep(batch(step));
      }
      try (GpuVae resumed = GpuVae.resume(folder, device(device))) {
        for (int step = 5; step < STEPS; step++) {
          resumed.trainStep(batch(step));
        }
        assertSame(vae.parameters(), resumed.parameters());
        long[] words = resumed.trainingState(Map.of()).words();
        long[] expected = vae.trainingState(Map.of()).words();
        assertEquals(expected[StepState.KL_WEIGHT], words[StepState.KL_WEIGHT]);
        assertEquals(1e-4, Double.longBitsToDouble(words[StepState.LEARNING_RATE]), 1e-18);
      }
    }
  }

  @Test
  void aRateThatFollowsAScheduleIsNotSet() {
    try (GpuVae vae = GpuVae.create(with(CONTROLS), Device.cpu(), 3)) {
      assertThrows(IllegalStateException.class, () -> vae.learningRate(0.1));
    }
  }
}
