package gpuvae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Activation;
import gpuvae.backend.Device;
import gpuvae.config.TrainingControls;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaLibraries;
import gpuvae.data.Dataset;
import gpuvae.data.Order;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training with free bits and on the importance-weighted bound, on both backends. */
@ExtendWith(CudaLibraries.class)
class ObjectivesTest {
  private static final TrainingControls FREE = TrainingControls.NONE.withFreeBits(0.05);
  private static final TrainingControls WEIGHTED = TrainingControls.NONE.withImportanceSamples(3);
  private static final int ROWS = 13;

  static Stream<TrainingControls> controls() {
    return Stream.of(FREE, WEIGHTED);
  }

  private static VaeConfig small(TrainingControls controls) {
    return VaeConfig.builder()
        .input(16)
        .hidden(Activation.TANH, 9)
        .latent(5)
        .controls(controls)
        .build();
  }

  private static Dataset data(VaeConfig config, int rows) {
    float[] values = new float[rows * config.input().shape().features()];
    Random random = new Random(4);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return Dataset.ofFloats("random", config.input().shape().features(), values);
  }

  private static List<StepLoss> train(GpuVae vae, int from, int to) {
    Order order = Order.sequential(data(vae.config(), 3 * ROWS));
    return Stream.iterate(from, step -> step < to, step -> step + 1)
        .map(step -> vae.trainStep(order.batch(step % 3 * ROWS, ROWS)))
        .toList();
  }

  private static void assertSame(GpuVae expected, GpuVae actual) {
    Map<String, float[]> values = actual.parameters();
    expected.parameters().forEach((name, v) -> assertArrayEquals(v, values.get(name), name));
  }

  @ParameterizedTest
  @MethodSource("controls")
  void cudaFollowsTheCpuAndRunsGoOnWithTheSameBits(TrainingControls controls, @TempDir Path folder)
      throws IOException {
    VaeConfig config = small(controls);
    try (GpuVae cpu = GpuVae.create(config, Device.cpu(), 3);
        GpuVae cuda = GpuVae.create(config, Device.cuda(0), 3);
        GpuVae plain = GpuVae.create(small(TrainingControls.NONE), Device.cpu(), 3)) {
      for (GpuVae vae : List.of(cpu, cuda)) {
        List<StepLoss> first = train(vae, 0, 5);
        vae.save(folder);
        List<StepLoss> second = train(vae, 5, 12);
        try (GpuVae resumed = GpuVae.resume(folder, vae.device())) {
          train(resumed, 5, 12);
          assertSame(vae, resumed);
        }
        assertTrue(first.getFirst().accepted() && second.getLast().accepted());
      }
      List<StepLoss> expected = train(cpu, 12, 24);
      List<StepLoss> got = train(cuda, 12, 24);
      for (int i = 0; i < expected.size(); i++) {
        assertEquals(expected.get(i).total(), got.get(i).total(), 1e-4 * expected.get(i).total());
        assertEquals(expected.get(i).kl(), got.get(i).kl(), 1e-3 * expected.get(i).kl());
      }
      train(plain, 0, 24);
      float[] weights = plain.parameters().get("encoder.mean.weight");
      assertFalse(Arrays.equals(weights, cpu.parameters().get("encoder.mean.weight")));
    }
  }

  static Stream<String> presets() {
    return VaeConfig.presets().stream().filter(name -> VaeConfig.preset(name).isVariational());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void everyPresetTrainsOnBothBackends(String preset) {
    VaeConfig published = VaeConfig.preset(preset);
    for (TrainingControls controls : List.of(FREE, WEIGHTED)) {
      VaeConfig config = published.toBuilder().controls(controls).build();
      float[] batch = data(config, 2).floats();
      try (GpuVae cpu = GpuVae.create(config, Device.cpu(), 3);
          GpuVae cuda = GpuVae.create(config, Device.cuda(0), 3)) {
        StepLoss expected = cpu.trainStep(batch);
        StepLoss got = cuda.trainStep(batch);
        assertTrue(expected.accepted() && got.accepted());
        assertEquals(expected.total(), got.total(), 1e-5 * Math.abs(expected.total()));
        assertEquals(expected.gradientNorm(), got.gradientNorm(), 1e-3 * expected.gradientNorm());
      }
    }
  }

  /** Burda et al., theorem 1: in the mean the bound does not fall with the number of samples. */
  @Test
  void moreSamplesGiveATighterBound() {
    double last = Double.POSITIVE_INFINITY;
    VaeConfig plain = small(TrainingControls.NONE);
    Dataset data = data(plain, 2000);
    for (int samples : new int[] {1, 2, 8, 50}) {
      VaeConfig config = small(TrainingControls.NONE.withImportanceSamples(samples));
      try (GpuVae vae = GpuVae.create(config, Device.cpu(), 3)) {
        // Weights that z matters for.
        vae.parameters()
            .forEach(
                (name, values) -> {
                  for (int i = 0; i < values.length; i++) {
                    values[i] *= name.startsWith("decoder") ? 4 : 1;
                  }
                  vae.parameter(name, values);
                });
        double loss = vae.trainStep(Order.sequential(data).batch(0, 2000)).total();
        assertTrue(loss < last, samples + " samples: " + loss + ", fewer: " + last);
        last = loss;
      }
    }
  }

  /** With all KL free the encoder is trained as an autoencoder's: as with KL weight 0. */
  @Test
  void allBitsFreeIsNoKl() {
    VaeConfig free = small(TrainingControls.NONE.withFreeBits(1e30));
    VaeConfig without = small(TrainingControls.NONE).toBuilder().klWeight(0).build();
    for (Device device : List.of(Device.cpu(), Device.cuda(0))) {
      try (GpuVae all = GpuVae.create(free, device, 3);
          GpuVae none = GpuVae.create(without, device, 3)) {
        train(all, 0, 1);
        train(none, 0, 1);
        Map<String, float[]> got = all.gradients();
        none.gradients()
            .forEach((name, values) -> assertArrayEquals(values, got.get(name), 1e-5f, name));
      }
    }
  }
}
