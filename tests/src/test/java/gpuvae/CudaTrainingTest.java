package gpuvae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Algorithms;
import gpuvae.backend.Binding;
import gpuvae.backend.Device;
import gpuvae.backend.Precision;
import gpuvae.config.LayerConfig;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaDeviceForTests;
import gpuvae.cuda.CudaLibraries;
import gpuvae.cuda.SoftwareDevice;
import gpuvae.data.Batch;
import gpuvae.data.DataSource;
import gpuvae.data.Dataset;
import gpuvae.data.LoadOptions;
import gpuvae.data.Order;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Training on a CUDA device against training on the CPU. */
@ExtendWith(CudaLibraries.class)
class CudaTrainingTest {
  private static final int STEPS = 200;
  private static final int BATCH = 128;
  private static final long SEED = 3;

  private static Dataset images;

  /** MNIST where GPUVAE_DATA names it, else the built-in digits. */
  @BeforeAll
  static void load() throws IOException {
    String source = System.getenv("GPUVAE_DATA") == null ? "digits" : "mnist";
    images = DataSource.parse(source).load(LoadOptions.defaults()).train();
  }

  /** The digits are fewer than all steps take: then from their first again. */
  private static List<StepLoss> train(GpuVae vae, int from, int to) {
    List<Batch> batches = Order.shuffled(images, SEED, 1).batches(BATCH);
    List<StepLoss> losses = new ArrayList<>();
    for (int step = from; step < to; step++) {
      losses.add(vae.trainStep(batches.get(step % batches.size())));
    }
    return losses;
  }

  private static void assertFollows(List<StepLoss> expected, List<StepLoss> actual) {
    for (int i = 0; i < expected.size(); i++) {
      StepLoss want = expected.get(i);
      StepLoss got = actual.get(i);
      assertTrue(got.accepted(), got.toString());
      String what = "expected " + want + ", got " + got;
      assertEquals(want.reconstruction(), got.reconstruction(), 1e-3 * want.reconstruction(), what);
      assertEquals(want.kl(), got.kl(), 1e-3 * want.kl(), what);
      assertEquals(want.gradientNorm(), got.gradientNorm(), 1e-2 * want.gradientNorm(), what);
    }
  }

  private static void assertSameParameters(GpuVae expected, GpuVae actual) {
    Map<String, float[]> got = actual.parameters();
    expected.parameters().forEach((name, values) -> assertArrayEquals(values, got.get(name), name));
  }

  private static GpuVae create(Device device) {
    return GpuVae.create(VaeConfig.preset("mlp-relu"), device, SEED);
  }

  @Test
  void lossesFollowTheCpuStepByStepAndRunsAreEqual() {
    try (GpuVae cpu = create(Device.cpu());
        GpuVae cuda = create(Device.cuda(0));
        GpuVae again = create(Device.cuda(0))) {
      List<StepLoss> onCuda = train(cuda, 0, STEPS);
      assertFollows(train(cpu, 0, STEPS), onCuda);
      assertTrue(onCuda.getLast().total() < 0.5 * onCuda.getFirst().total(), "it does not learn");
      train(again, 0, STEPS);
      assertSameParameters(cuda, again);
    }
  }

  @Test
  void aRunGoesOnOnAnotherDevice(@TempDir Path folder) throws IOException {
    for (Device[] pair :
        new Device[][] {{Device.cuda(0), Device.cpu()}, {Device.cpu(), Device.cuda(0)}}) {
      try (GpuVae vae = create(pair[0])) {
        train(vae, 0, 5);
        vae.save(folder);
        try (GpuVae other = GpuVae.resume(folder, pair[1]);
            GpuVae same = GpuVae.resume(folder, pair[0])) {
          assertSameParameters(vae, other);
          List<StepLoss> losses = train(vae, 5, 12);
          assertFollows(losses, train(other, 5, 12));
          train(same, 5, 12);
          assertSameParameters(vae, same);
        }
      }
    }
  }

  /** As the presets' preprocessing gives them: 0 to 1. */
  private static float[] pixels(int from, int rows) {
    int features = images.features();
    float[] values = new float[rows * features];
    for (int i = 0; i < values.length; i++) {
      values[i] = images.value(from + i / features, i % features) * (1 / 255f);
    }
    return values;
  }

  @Tag("cuda")
  @Test
  void hostBatchesTrainAsResidentOnesDo() {
    float[][] host = {pixels(0, BATCH), pixels(BATCH, BATCH)};
    try (GpuVae resident = create(Device.cuda(0));
        GpuVae fromHost = create(Device.cuda(0))) {
      float[] reused = new float[host[0].length];
      for (int step = 0; step < 6; step++) {
        resident.trainStep(Order.sequential(images).batch(step % 2 * BATCH, BATCH));
        System.arraycopy(host[step % 2], 0, reused, 0, reused.length);
        fromHost.trainStep(reused);
      }
      assertSameParameters(resident, fromHost);
    }
  }

  @Test
  void inferenceIsTheCpus(@TempDir Path folder) throws IOException {
    try (GpuVae cpu = create(Device.cpu())) {
      train(cpu, 0, 20);
      cpu.save(folder);
      float[] x = pixels(0, 7);
      try (GpuVae cuda = GpuVae.load(folder, Device.cuda(0));
          GpuVae loaded = GpuVae.load(folder, Device.cpu())) {
        assertArrayEquals(cpu.encode(x).mean(), cuda.encode(x).mean(), 1e-5f);
        assertArrayEquals(cpu.encode(x).sigma(), cuda.encode(x).sigma(), 1e-5f);
        assertArrayEquals(cpu.reconstruct(x), cuda.reconstruct(x), 1e-5f);
        assertArrayEquals(cpu.sample(300, 5), cuda.sample(300, 5), 1e-5f);
        Dataset few = images.limit(300);
        Evaluation want = loaded.evaluate(few);
        Evaluation got = cuda.evaluate(few);
        assertEquals(want.total(), got.total(), 1e-5 * want.total());
      }
    }
  }

  @Test
  void theBestDeviceIsTheUsableGpu() {
    Device best = Device.best();
    assertEquals("cuda:0", best.toString());
    assertEquals("a usable GPU is here", best.reason());
    assertTrue(best.describe().contains("compute capability"), best.describe());
  }

  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  @Test
  void jcudaIsForWhoAsks() {
    CudaDeviceForTests.assumeJCuda();
    Device device = Device.cuda(0).withBinding(Binding.JCUDA);
    assertTrue(device.describe().endsWith(", through JCuda"), device.describe());
    try (GpuVae plain = create(Device.cuda(0));
        GpuVae other = create(device)) {
      assertEquals(device, other.device());
      train(plain, 0, 3);
      train(other, 0, 3);
      assertSameParameters(plain, other);
    }
    assertThrows(IllegalArgumentException.class, () -> Device.cpu().withBinding(Binding.JCUDA));
  }

  /** Rounding of the factors aside, whose bound the tests of cuBLAS hold, it is the same step. */
  @Test
  void tf32IsForWhoAsks() {
    Device device = Device.cuda(0).withPrecision(Precision.TF32);
    try (GpuVae exact = create(Device.cuda(0));
        GpuVae fast = create(device)) {
      assertEquals(device, fast.device());
      StepLoss want = train(exact, 0, 1).getFirst();
      StepLoss got = train(fast, 0, 1).getFirst();
      assertEquals(want.total(), got.total(), 1e-2 * want.total());
    }
    assertThrows(IllegalArgumentException.class, () -> Device.cpu().withPrecision(Precision.TF32));
  }

  /** The software device sums such gradients in another order each time. */
  @Test
  void fastestAlgorithmsAreForWhoAsks() {
    SoftwareDevice.get();
    Device fastest = Device.cuda(0).withAlgorithms(Algorithms.FASTEST);
    float[] exact = filterGradient(Device.cuda(0));
    assertArrayEquals(exact, filterGradient(Device.cuda(0)));
    float[] fast = filterGradient(fastest);
    float largest = 0;
    for (float gradient : exact) {
      largest = Math.max(largest, Math.abs(gradient));
    }
    assertArrayEquals(exact, fast, 1e-4f * largest);
    assertFalse(Arrays.equals(fast, filterGradient(fastest)));
    assertThrows(
        IllegalArgumentException.class, () -> Device.cpu().withAlgorithms(Algorithms.FASTEST));
  }

  private static float[] filterGradient(Device device) {
    VaeConfig config =
        VaeConfig.builder()
            .input(Shape.image(1, 12, 12))
            .encoder(LayerConfig.conv2d("a", 8, 3))
            .latent(3)
            .build();
    float[] x = new float[5 * 144];
    Random random = new Random(2);
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat();
    }
    try (GpuVae vae = GpuVae.create(config, device, 1)) {
      assertEquals(device, vae.device());
      vae.trainStep(x).total();
      return vae.gradients().get("a.weight");
    }
  }
}
