package gpuvae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Activation;
import gpuvae.backend.Device;
import gpuvae.backend.StepState;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.data.Order;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What a user of the library relies on. */
class GpuVaeTest {
  private static final int FEATURES = 13;
  private static final int LATENT = 3;
  private static final VaeConfig CONFIG =
      VaeConfig.builder()
          .input(FEATURES)
          .hidden(Activation.RELU, 7)
          .latent(LATENT)
          .batchSize(8)
          .build();

  private static GpuVae create(long seed) {
    return GpuVae.create(CONFIG, Device.cpu(), seed);
  }

  private static float[] batch(int rows, long seed) {
    Random random = new Random(seed);
    float[] values = new float[rows * FEATURES];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(256) / 255f;
    }
    return values;
  }

  private static Dataset dataset(int rows, long seed) {
    return Dataset.ofFloats("random", FEATURES, batch(rows, seed));
  }

  private static void assertSameParameters(GpuVae expected, GpuVae actual) {
    Map<String, float[]> values = actual.parameters();
    expected.parameters().forEach((name, v) -> assertArrayEquals(v, values.get(name), name));
  }

  @Test
  void lossFallsWhenTrained() {
    try (GpuVae vae = create(1)) {
      float[] x = batch(8, 1);
      double first = vae.trainStep(x).total();
      for (int i = 0; i < 300; i++) {
        vae.trainStep(x);
      }
      double last = vae.trainStep(x).total();
      assertTrue(last < 0.95 * first, first + " -> " + last);
    }
  }

  @Test
  void everyWayToGiveABatchGivesTheSameBits() {
    float[] values = batch(20, 2);
    Dataset dataset = Dataset.ofFloats("random", FEATURES, values);
    Order order = Order.shuffled(dataset, 5, 1);
    try (GpuVae fromArray = create(3);
        GpuVae fromSegment = create(3);
        GpuVae fromSet = create(3)) {
      for (int start = 0; start < 20; start += 8) {
        int rows = Math.min(8, 20 - start);
        float[] x = new float[rows * FEATURES];
        for (int r = 0; r < rows; r++) {
          System.arraycopy(
              values, order.indices()[start + r] * FEATURES, x, r * FEATURES, FEATURES);
        }
        double loss = fromArray.trainStep(x).total();
        assertEquals(loss, fromSegment.trainStep(MemorySegment.ofArray(x), rows).total());
        assertEquals(loss, fromSet.trainStep(order.batch(start, rows)).total());
      }
      assertSameParameters(fromArray, fromSegment);
      assertSameParameters(fromArray, fromSet);
    }
  }

  @Test
  void growthOfTheCapacityDoesNotChangeWhatIsComputed() {
    float[] small = batch(3, 4);
    float[] large = batch(50, 5);
    try (GpuVae grown = create(6);
        GpuVae roomy = create(6)) {
      roomy.encode(batch(1, 1));
      assertEquals(grown.trainStep(small).total(), roomy.trainStep(small).total());
      assertEquals(grown.trainStep(large).total(), roomy.trainStep(large).total());
      assertEquals(grown.trainStep(small).total(), roomy.trainStep(small).total());
      assertSameParameters(grown, roomy);
    }
  }

  @Test
  void aSeedGivesTheSameModelAndAnotherSeedAnother() {
    try (GpuVae one = create(7);
        GpuVae same = create(7);
        GpuVae other = create(8)) {
      assertSameParameters(one, same);
      assertNotEquals(
          Arrays.hashCode(one.parameters().get("encoder.hidden1.weight")),
          Arrays.hashCode(other.parameters().get("encoder.hidden1.weight")));
      float[] x = batch(8, 1);
      assertEquals(one.trainStep(x).total(), same.trainStep(x).total());
      assertNotEquals(one.trainStep(x).total(), other.trainStep(x).total());
    }
  }

  @Test
  void initialParametersAreUniformWithinTheBoundOfPyTorch() {
    VaeConfig config = VaeConfig.preset("mlp-relu");
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 1)) {
      Map<String, float[]> parameters = vae.parameters();
      assertEquals(652_824, vae.parameterCount());
      double bound = 1 / Math.sqrt(784);
      double sum = 0;
      double squares = 0;
      double largest = 0;
      float[] weight = parameters.get("encoder.fc1.weight");
      for (float w : weight) {
        sum += w;
        squares += w * w;
        largest = Math.max(largest, Math.abs(w));
      }
      assertTrue(largest <= bound && largest > 0.999 * bound, "largest " + largest);
      assertEquals(0, sum / weight.length, 4 * bound / Math.sqrt(3.0 * weight.length));
      assertEquals(bound * bound / 3, squares / weight.length, 0.01 * bound * bound);
      for (float b : parameters.get("decoder.fc3.bias")) {
        assertTrue(Math.abs(b) <= 1 / Math.sqrt(20));
      }
    }
  }

  @Test
  void lossesOfPastStepsCanBeReadForAsLongAsTheRing() {
    try (GpuVae vae = create(9)) {
      List<StepLoss> losses = new ArrayList<>();
      float[] x = batch(2, 1);
      for (int i = 0; i <= StepState.RING_SLOTS; i++) {
        losses.add(vae.trainStep(x));
      }
      IllegalStateException gone =
          assertThrows(IllegalStateException.class, () -> losses.getFirst().total());
      assertTrue(gone.getMessage().contains("step 0 is gone"), gone.getMessage());
      assertTrue(losses.get(1).total() > 0);
      assertEquals(2, losses.get(1).rows());
      assertEquals(1, losses.get(1).step());
    }
  }

  @Test
  void aLossOnceReadStaysAndAnUnreadOneDoesNot() {
    StepLoss read;
    StepLoss unread;
    double total;
    try (GpuVae vae = create(10)) {
      read = vae.trainStep(batch(4, 1));
      unread = vae.trainStep(batch(4, 2));
      total = read.total();
    }
    assertEquals(total, read.total());
    assertThrows(IllegalStateException.class, unread::total);
  }

  @Test
  void afterCloseEveryCallIsRefused() {
    GpuVae vae = create(11);
    vae.close();
    vae.close();
    float[] x = batch(1, 1);
    List<Runnable> calls =
        List.of(
            () -> vae.trainStep(x),
            () -> vae.encode(x),
            () -> vae.decode(new float[LATENT]),
            () -> vae.reconstruct(x),
            () -> vae.sample(1, 1),
            () -> vae.evaluate(dataset(2, 1)),
            vae::parameters,
            vae::gradients,
            vae::runningLoss,
            vae::resetRunningLoss,
            () -> vae.learningRate(1e-3),
            () -> vae.trainingState(Map.of()));
    for (Runnable call : calls) {
      assertThrows(IllegalStateException.class, call::run);
    }
  }

  @Test
  void aNonFiniteStepLeavesTheModelAsItWas() {
    try (GpuVae vae = create(12);
        GpuVae clean = create(12)) {
      float[] good = batch(4, 1);
      vae.trainStep(good);
      clean.trainStep(good);
      float[] bad = good.clone();
      bad[5] = Float.NaN;
      StepLoss refused = vae.trainStep(bad);
      assertFalse(refused.accepted());
      assertTrue(refused.toString().contains("step 1"), refused.toString());
      assertSameParameters(clean, vae);
      assertEquals(1, vae.runningLoss().refused());
      assertEquals(1, vae.runningLoss().refusedInARow());
      StepLoss next = vae.trainStep(good);
      assertTrue(next.accepted());
      assertEquals(2, next.step());
      assertEquals(0, vae.runningLoss().refusedInARow());
      assertEquals(8, vae.runningLoss().samples());
      assertEquals(vae.runningLoss(), next.running());
      assertEquals(4, refused.running().samples());
      assertEquals(1, refused.running().refusedInARow());
    }
  }

  @Test
  void manyThreadsShareOneInstance() throws Exception {
    float[] x = batch(4, 1);
    try (GpuVae vae = create(13);
        GpuVae alone = create(13);
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      float[] expected = alone.reconstruct(x);
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        results.add(executor.submit(() -> vae.reconstruct(x)));
      }
      for (Future<float[]> result : results) {
        assertArrayEquals(expected, result.get());
      }
      List<Future<Double>> losses = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        losses.add(executor.submit(() -> vae.trainStep(x).total()));
      }
      double sum = 0;
      for (Future<Double> loss : losses) {
        sum += loss.get();
      }
      double sequential = 0;
      for (int i = 0; i < 64; i++) {
        sequential += alone.trainStep(x).total();
      }
      assertEquals(sequential, sum, 1e-9 * sequential);
      assertSameParameters(alone, vae);
    }
  }

  @Test
  void inferenceDoesNotDependOnHowRowsAreCut() {
    float[] x = batch(21, 3);
    try (GpuVae vae = create(14)) {
      Posterior whole = vae.encode(x);
      Posterior one = vae.encode(Arrays.copyOfRange(x, 17 * FEATURES, 18 * FEATURES));
      assertArrayEquals(one.mean(), Arrays.copyOfRange(whole.mean(), 17 * LATENT, 18 * LATENT));
      assertArrayEquals(one.sigma(), Arrays.copyOfRange(whole.sigma(), 17 * LATENT, 18 * LATENT));
      float[] samples = vae.sample(21, 5);
      assertArrayEquals(Arrays.copyOf(samples, 10 * FEATURES), vae.sample(10, 5));
      assertNotEquals(Arrays.hashCode(samples), Arrays.hashCode(vae.sample(21, 6)));
      for (float p : samples) {
        assertTrue(p > 0 && p < 1, "a probability: " + p);
      }
    }
  }

  @Test
  void evaluationIsRepeatableAndIndependentOfTheBatchSize() {
    Dataset data = dataset(45, 6);
    VaeConfig other = CONFIG.toBuilder().batchSize(45).build();
    try (GpuVae vae = create(15);
        GpuVae wide = GpuVae.create(other, Device.cpu(), 15)) {
      Evaluation first = vae.evaluate(data);
      assertEquals(first, vae.evaluate(data));
      assertEquals(first, wide.evaluate(data));
      assertEquals(45, first.samples());
      assertEquals(first.reconstruction() + first.kl(), first.total());
      assertTrue(first.standardError() > 0);
    }
  }

  @Test
  void evaluationDoesNotDisturbTraining() {
    Dataset data = dataset(40, 7);
    Order order = Order.shuffled(data, 1, 1);
    try (GpuVae vae = create(16);
        GpuVae plain = create(16)) {
      for (int start = 0; start < 40; start += 8) {
        vae.trainStep(order.batch(start, 8));
        plain.trainStep(order.batch(start, 8));
        vae.evaluate(data);
        vae.sample(3, start);
        vae.encode(batch(30, start));
      }
      assertSameParameters(plain, vae);
    }
  }

  @Test
  void wrongSizesAreNamed() {
    try (GpuVae vae = create(17)) {
      assertMessage(() -> vae.trainStep(new float[14]), "batch has 14 values", "multiple of 13");
      assertMessage(() -> vae.trainStep(new float[0]), "batch has 0 values");
      assertMessage(
          () -> vae.trainStep(new float[13], new float[2]), "noise has 2 values", "1 rows of 3");
      assertMessage(() -> vae.decode(new float[4]), "z has 4 values", "multiple of 3");
      assertMessage(() -> vae.sample(0, 1), "count is 0");
      assertMessage(
          () -> vae.trainStep(MemorySegment.ofArray(new float[13]), 2), "52 bytes", "2 rows of 13");
      assertMessage(
          () -> vae.evaluate(Dataset.ofFloats("narrow", 2, new float[] {1, 2})),
          "narrow has 2 values a sample",
          "13");
      assertMessage(() -> vae.parameter("nope", new float[1]), "nope", "encoder.mean.weight");
      assertMessage(() -> vae.parameter("encoder.mean.bias", new float[4]), "[3]", "4 values");
      assertMessage(() -> vae.learningRate(Double.NaN), "learningRate is NaN");
    }
  }

  private static void assertMessage(Runnable call, String... parts) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message + " should contain " + part);
    }
  }

  @Test
  void anAutoencoderDoesNotSample() {
    VaeConfig config = VaeConfig.preset("autoencoder");
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 1)) {
      Random random = new Random(3);
      float[] x = new float[70];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      StepLoss loss = vae.trainStep(x);
      assertEquals(0, loss.kl());
      assertEquals(null, vae.encode(x).sigma());
      Evaluation evaluation = vae.evaluate(Dataset.ofFloats("normal", 10, x));
      assertEquals(evaluation.reconstruction() / 10, evaluation.meanSquaredError(), 1e-12);
      assertThrows(IllegalArgumentException.class, () -> vae.trainStep(x, new float[14]));
    }
  }
}
