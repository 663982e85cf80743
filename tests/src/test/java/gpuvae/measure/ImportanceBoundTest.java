package gpuvae.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.Evaluation;
import gpuvae.GpuVae;
import gpuvae.backend.Activation;
import gpuvae.backend.Binarisation;
import gpuvae.backend.Device;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.data.Order;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ImportanceBoundTest {
  private static final int FEATURES = 6;
  private static final VaeConfig CONFIG =
      VaeConfig.builder()
          .input(FEATURES)
          .hidden(Activation.RELU, 9)
          .latent(2)
          .batchSize(16)
          .learningRate(0.01)
          .build();

  /** Rows whose first half tells the second. */
  private static Dataset pairs(int rows) {
    Random random = new Random(4);
    float[] values = new float[rows * FEATURES];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < FEATURES / 2; i++) {
        values[row * FEATURES + i] = random.nextInt(2);
        values[row * FEATURES + i + FEATURES / 2] = values[row * FEATURES + i];
      }
    }
    return Dataset.ofFloats("pairs", FEATURES, values);
  }

  private static GpuVae trained(Dataset data) {
    GpuVae vae = GpuVae.create(CONFIG, Device.cpu(), 7);
    for (int epoch = 0; epoch < 20; epoch++) {
      Order.shuffled(data, 1, epoch).batches(16).forEach(vae::trainStep);
    }
    return vae;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double deviation(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }

  @Test
  void withOneSampleItIsTheElboInTheMean() {
    Dataset data = pairs(4000);
    try (GpuVae vae = trained(pairs(200))) {
      Evaluation analytic = vae.evaluate(data);
      ImportanceBound one = ImportanceBound.of(vae, data, 1, _ -> {});
      double error = Math.hypot(analytic.elboStandardError(), one.standardError());
      assertTrue(error < 0.05, "too uncertain to prove anything: " + error);
      assertEquals(analytic.elbo(), one.nats(), 3 * error);
    }
  }

  @Test
  void doesNotFallAsKGrows() {
    Dataset data = pairs(200);
    int[] counts = {1, 5, 50, 500};
    try (GpuVae vae = trained(data)) {
      double[] weights = vae.logWeights(data, 0, data.size(), 500);
      List<double[]> bounds = new ArrayList<>();
      for (int k : counts) {
        double[] bound = new double[data.size()];
        for (int row = 0; row < bound.length; row++) {
          bound[row] = ImportanceBound.logMeanExp(weights, row * 500, k);
        }
        bounds.add(bound);
        ImportanceBound whole = ImportanceBound.of(vae, data, k, _ -> {});
        assertEquals(mean(bound), whole.nats(), 1e-9, "K = " + k);
        assertEquals(
            deviation(bound) / Math.sqrt(bound.length), whole.standardError(), 1e-9, "K = " + k);
      }
      for (int i = 1; i < counts.length; i++) {
        double[] rise = new double[data.size()];
        for (int row = 0; row < rise.length; row++) {
          rise[row] = bounds.get(i)[row] - bounds.get(i - 1)[row];
        }
        double error = deviation(rise) / Math.sqrt(rise.length);
        assertTrue(mean(rise) > -2 * error, counts[i] + ": " + mean(rise) + ", error " + error);
      }
      assertTrue(mean(bounds.getLast()) > mean(bounds.getFirst()) + 0.05, "no gap to close");
      assertTrue(mean(bounds.getLast()) < -3 * Math.log(2) + 0.05, "above log p of the data");
    }
  }

  @Test
  void weightsDependOnRowAndSampleOnly() {
    Dataset data = pairs(45);
    VaeConfig wide = CONFIG.toBuilder().batchSize(45).build();
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cpu(), 5);
        GpuVae other = GpuVae.create(wide, Device.cpu(), 5)) {
      Evaluation before = vae.evaluate(data);
      double[] all = vae.logWeights(data, 0, 45, 7);
      assertArrayEquals(all, other.logWeights(data, 0, 45, 7));
      assertArrayEquals(Arrays.copyOfRange(all, 20 * 7, 40 * 7), vae.logWeights(data, 20, 20, 7));
      double[] fewer = vae.logWeights(data, 0, 45, 3);
      for (int row = 0; row < 45; row++) {
        assertArrayEquals(
            Arrays.copyOfRange(all, row * 7, row * 7 + 3),
            Arrays.copyOfRange(fewer, row * 3, row * 3 + 3));
      }
      assertNotEquals(all[0], all[1]);
      assertEquals(before, vae.evaluate(data), "its noise is its own");
    }
  }

  @Test
  void binarisedDataIsWeighedAsItIsEvaluated() {
    Dataset data = Dataset.ofFloats("half", FEATURES, new float[4000 * FEATURES]);
    Arrays.fill(data.floats(), 0.5f);
    for (Binarisation how : List.of(Binarisation.STATIC, Binarisation.DYNAMIC)) {
      VaeConfig config = CONFIG.toBuilder().input(CONFIG.input().withBinarisation(how)).build();
      try (GpuVae vae = GpuVae.create(config, Device.cpu(), 5)) {
        // A decoder that is sure of 1: each 0 that was drawn costs 8 nats.
        vae.parameter("decoder.output.weight", new float[FEATURES * 9]);
        float[] sure = new float[FEATURES];
        Arrays.fill(sure, 8);
        vae.parameter("decoder.output.bias", sure);
        Evaluation evaluated = vae.evaluate(data);
        assertEquals(4 * FEATURES, evaluated.reconstruction(), 0.5);
        double[] weights = vae.logWeights(data, 0, data.size(), 1);
        double error = Math.sqrt(2.0 / data.size());
        assertEquals(-evaluated.reconstruction() - evaluated.kl(), mean(weights), 4 * error);
        String protocol = evaluated.protocol();
        assertEquals(
            how == Binarisation.STATIC
                ? "fixed binarisation, seed 0"
                : "dynamic binarisation, drawn with seed 5",
            protocol);
      }
    }
  }

  /**
   * x = W z + b + a Gaussian of variance 1/2, with orthogonal columns w of W: log p(x) is that of
   * independent Gaussians along them, of variance w'w + 1/2, and its posterior is diagonal.
   */
  private static final float[][] COLUMNS = {{1.5f, 0, 0, 0.5f, 0, 1}, {0, 0.5f, 1, 0, 0, 0}};

  private static double logDensity(float[] x) {
    double log = -FEATURES / 2.0 * Math.log(Math.PI);
    double rest = 0;
    for (float value : x) {
      rest += value * value;
    }
    for (float[] column : COLUMNS) {
      double length = dot(column, column);
      double along = dot(column, x) * dot(column, x) / length;
      rest -= along;
      log += -0.5 * Math.log(2 * length + 1) - along / (2 * length + 1);
    }
    return log - rest;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** That decoder, and an encoder that gives the posterior, its mean off by so much. */
  private static GpuVae linear(float off) {
    VaeConfig config =
        VaeConfig.builder()
            .input(FEATURES)
            .latent(2)
            .likelihood(Likelihood.SQUARED_ERROR)
            .batchSize(64)
            .build();
    GpuVae vae = GpuVae.create(config, Device.cpu(), 3);
    float[] decoder = new float[FEATURES * 2];
    float[] encoder = new float[2 * FEATURES];
    float[] logVariance = new float[2];
    for (int j = 0; j < 2; j++) {
      double precision = 1 + 2 * dot(COLUMNS[j], COLUMNS[j]);
      logVariance[j] = (float) -Math.log(precision);
      for (int i = 0; i < FEATURES; i++) {
        decoder[i * 2 + j] = COLUMNS[j][i];
        encoder[j * FEATURES + i] = (float) (2 * COLUMNS[j][i] / precision);
      }
    }
    vae.parameter("decoder.output.weight", decoder);
    vae.parameter("decoder.output.bias", new float[FEATURES]);
    vae.parameter("encoder.mean.weight", encoder);
    vae.parameter("encoder.mean.bias", new float[] {off, -off});
    vae.parameter("encoder.second.weight", new float[2 * FEATURES]);
    vae.parameter("encoder.second.bias", logVariance);
    return vae;
  }

  private static Dataset normal(int rows) {
    Random random = new Random(8);
    float[] values = new float[rows * FEATURES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Dataset.ofFloats("normal", FEATURES, values);
  }

  private static double logDensity(Dataset data, int row) {
    return logDensity(Arrays.copyOfRange(data.floats(), row * FEATURES, (row + 1) * FEATURES));
  }

  @Test
  void everyWeightOfTheTruePosteriorIsLogP() {
    Dataset data = normal(70);
    double constant = Likelihood.SQUARED_ERROR.constant(FEATURES);
    try (GpuVae vae = linear(0)) {
      double[] weights = vae.logWeights(data, 0, data.size(), 3);
      for (int i = 0; i < weights.length; i++) {
        double expected = logDensity(data, i / 3);
        assertEquals(expected, weights[i] - constant, 1e-5 * Math.abs(expected), "weight " + i);
      }
    }
  }

  @Test
  void ofAWrongPosteriorItComesToLogP() {
    Dataset data = normal(70);
    double expected = 0;
    for (int row = 0; row < data.size(); row++) {
      expected += logDensity(data, row) / data.size();
    }
    double constant = Likelihood.SQUARED_ERROR.constant(FEATURES);
    try (GpuVae vae = linear(0.3f)) {
      ImportanceBound one = ImportanceBound.of(vae, data, 1, _ -> {});
      assertTrue(one.nats() - constant < expected - 0.1, "one sample is not enough");
      List<Integer> told = new ArrayList<>();
      ImportanceBound many = ImportanceBound.of(vae, data, 5000, told::add);
      assertEquals(expected, many.nats() - constant, 0.01);
      assertEquals(List.of(64, 70), told);
      assertEquals(5000, many.weights());
    }
  }

  @Test
  void exponentialsDoNotOverflow() {
    double[] logs = {-2000, -2001, 900, 901};
    assertEquals(
        -2000 + Math.log((1 + Math.exp(-1)) / 2), ImportanceBound.logMeanExp(logs, 0, 2), 1e-12);
    assertEquals(
        901 + Math.log((1 + Math.exp(-1)) / 2), ImportanceBound.logMeanExp(logs, 2, 2), 1e-12);
    double none = Double.NEGATIVE_INFINITY;
    assertEquals(none, ImportanceBound.logMeanExp(new double[] {none, none}, 0, 2));
  }

  @Test
  void wrongUseIsNamed() {
    Dataset data = pairs(3);
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cpu(), 1);
        GpuVae autoencoder = GpuVae.create(VaeConfig.preset("autoencoder"), Device.cpu(), 1)) {
      for (int samples : new int[] {0, GpuVae.MOST_WEIGHTS + 1}) {
        String message =
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ImportanceBound.of(vae, data, samples, _ -> {}))
                .getMessage();
        assertTrue(message.contains("samples is " + samples + ", allowed: 1 to 65536"), message);
      }
      assertThrows(IndexOutOfBoundsException.class, () -> vae.logWeights(data, 2, 2, 1));
      assertThrows(IllegalArgumentException.class, () -> autoencoder.logWeights(data, 0, 1, 1));
    }
  }
}
