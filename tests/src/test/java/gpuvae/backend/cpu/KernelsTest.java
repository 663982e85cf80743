package gpuvae.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuvae.backend.Activation;
import gpuvae.backend.AdamSettings;
import gpuvae.backend.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The providers against each other, bit for bit, beyond both ends of each range. */
class KernelsTest {
  private static final int[] SIZES = {0, 1, 7, 8, 13, 15, 16, 17, 31, 127, 128, 207};
  private static final int OFFSET = 3;

  private static final List<Activation> ACTIVATIONS =
      List.of(
          Activation.IDENTITY,
          Activation.RELU,
          Activation.leakyRelu(0.2),
          Activation.SOFTPLUS,
          Activation.SIGMOID,
          Activation.TANH,
          Activation.SILU);

  private final Kernels vector = new VectorKernels();
  private final Kernels scalar = new ScalarKernels();

  /** What one provider does to copies of the same arrays. */
  private interface Operation {
    void run(Kernels kernels, int n, float[][] arrays);
  }

  private void compare(String what, int count, Operation operation) {
    for (int n : SIZES) {
      float[][] expected = arrays(n, count);
      float[][] actual = arrays(n, count);
      operation.run(scalar, n, expected);
      operation.run(vector, n, actual);
      for (int i = 0; i < count; i++) {
        assertArrayEquals(bits(expected[i]), bits(actual[i]), what + ", n " + n + ", array " + i);
      }
    }
  }

  private static float[][] arrays(int n, int count) {
    Inputs inputs = new Inputs(n);
    float[][] arrays = new float[count][];
    for (int i = 0; i < count; i++) {
      arrays[i] = inputs.normal(n + 2 * OFFSET, 3);
      if (n > 7) {
        arrays[i][OFFSET + 5] = 0;
        arrays[i][OFFSET + 6] = i == 0 ? Float.NaN : -100;
      }
    }
    return arrays;
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }

  @Test
  void activations() {
    for (Activation activation : ACTIVATIONS) {
      compare(
          "bias and " + activation,
          3,
          (k, n, a) ->
              k.biasActivation(1, n, n, a[0], OFFSET, a[1], OFFSET, activation, a[2], OFFSET));
      compare(
          "in place " + activation,
          2,
          (k, n, a) ->
              k.biasActivation(1, n, n, a[0], OFFSET, a[1], OFFSET, activation, a[0], OFFSET));
      compare(
          activation.toString(),
          2,
          (k, n, a) -> k.activation(n, a[0], OFFSET, activation, a[1], OFFSET));
      compare(
          "bias and " + activation + ", rows apart",
          3,
          (k, n, a) ->
              k.biasActivation(
                  3, n / 4, n / 3, a[0], OFFSET, a[1], OFFSET, activation, a[2], OFFSET));
      compare(
          "backward " + activation,
          3,
          (k, n, a) ->
              k.activationBackward(
                  3, n / 4, n / 3, activation, a[0], OFFSET, a[1], OFFSET, a[2], OFFSET));
    }
  }

  @Test
  void bytesAreNotSigned() {
    byte[] x = new byte[256 + OFFSET];
    for (int i = 0; i < 256; i++) {
      x[OFFSET + i] = (byte) i;
    }
    for (int n : new int[] {0, 1, 7, 8, 17, 203, 256}) {
      for (Kernels kernels : List.of(scalar, vector)) {
        float[] y = Inputs.poison(n + 2 * OFFSET);
        kernels.scaleBytes(n, x, OFFSET, 0.3f, -7, y, OFFSET);
        for (int i = 0; i < n; i++) {
          assertEquals(Math.fma(i, 0.3f, -7), y[OFFSET + i]);
        }
        assertEquals(Inputs.POISON, y[OFFSET + n]);
      }
    }
  }

  @Test
  void functions() {
    for (Function function : Function.values()) {
      boolean ofUniforms =
          List.of(Function.RADIUS, Function.COSINE, Function.SINE).contains(function);
      compare(
          "function " + function,
          2,
          (k, n, a) -> {
            float[] x = ofUniforms ? uniforms(n) : a[0];
            k.map(function, n, x, OFFSET, a[1], OFFSET);
          });
    }
  }

  private static float[] uniforms(int n) {
    float[] values = new Inputs(n).unit(n + 2 * OFFSET);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(values[i], 0x1p-24f);
    }
    return values;
  }

  /** Every so manyth float of both signs, infinities and NaN among them. */
  @Test
  void functionsOfAllMagnitudes() {
    int stride = 1 << 13;
    float[] x = new float[(0x7FC00000 / stride + 1) * 2];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(i / 2 * stride | i << 31);
    }
    for (Function function : Function.values()) {
      if (function.compareTo(Function.EXP_HALF) >= 0) {
        float[] expected = new float[x.length];
        float[] actual = new float[x.length];
        scalar.map(function, x.length, x, 0, expected, 0);
        vector.map(function, x.length, x, 0, actual, 0);
        assertArrayEquals(bits(expected), bits(actual), function.toString());
      }
    }
  }

  @Test
  void uniformsAreWordsOfPhilox() {
    int n = 3 * Kernels.COUNTERS;
    Random random = new Random(3);
    for (int repeat = 0; repeat < 20; repeat++) {
      long[] counters = random.longs(n).toArray();
      long seed = random.nextLong();
      int attempt = random.nextInt();
      int tag = random.nextInt();
      float[] even = new float[2 * n];
      float[] odd = new float[2 * n];
      for (Kernels kernels : List.of(scalar, vector)) {
        kernels.uniforms(n, counters, seed, attempt, tag, even, odd);
        int[] words = new int[4];
        for (int i = 0; i < n; i++) {
          int row = (int) (counters[i] >>> 32);
          Philox.words(seed, (int) counters[i], row, attempt, tag, words);
          assertEquals(Philox.uniform(words[0]), even[2 * i]);
          assertEquals(Philox.uniform(words[1]), odd[2 * i]);
          assertEquals(Philox.uniform(words[2]), even[2 * i + 1]);
          assertEquals(Philox.uniform(words[3]), odd[2 * i + 1]);
        }
      }
    }
  }

  @Test
  void samples() {
    compare(
        "sample",
        5,
        (k, n, a) ->
            k.sample(n, a[0], OFFSET, a[1], OFFSET, a[2], OFFSET, a[3], OFFSET, a[4], OFFSET));
    for (boolean logVariance : new boolean[] {false, true}) {
      compare(
          "sample backward",
          5,
          (k, n, a) ->
              k.sampleBackward(
                  n,
                  logVariance,
                  0.7f,
                  a[0],
                  OFFSET,
                  a[1],
                  OFFSET,
                  a[2],
                  OFFSET,
                  a[3],
                  OFFSET,
                  a[4],
                  OFFSET));
    }
  }

  @Test
  void biasGradientIsTheSumOfRowsInOrder() {
    for (int rows : new int[] {1, 2, 7, 32}) {
      for (int columns : SIZES) {
        int stride = columns + 2;
        float[] x = new Inputs(rows).normal(rows * stride + OFFSET, 3);
        float[] expected = Inputs.poison(columns + 2 * OFFSET);
        for (int j = 0; j < columns; j++) {
          expected[OFFSET + j] = 0;
          for (int i = 0; i < rows; i++) {
            expected[OFFSET + j] += x[OFFSET + i * stride + j];
          }
        }
        for (Kernels kernels : List.of(scalar, vector)) {
          float[] sums = Inputs.poison(columns + 2 * OFFSET);
          kernels.activationBackward(
              rows, columns, stride, Activation.IDENTITY, x, OFFSET, x, OFFSET, sums, OFFSET);
          assertArrayEquals(bits(expected), bits(sums));
        }
      }
    }
  }

  @Test
  void losses() {
    compare(
        "Bernoulli",
        4,
        (k, n, a) -> {
          bernoulliLoss(k, n, a[0], a[1], a[2], lanes(a[3], n));
        });
    compare(
        "Bernoulli in place",
        3,
        (k, n, a) -> {
          bernoulliLoss(k, n, a[0], a[1], a[0], lanes(a[2], n));
        });
    compare(
        "squared error",
        4,
        (k, n, a) -> {
          k.squaredError(n, a[0], OFFSET, a[1], OFFSET, a[2], OFFSET, lanes(a[3], n));
        });
    for (int n : SIZES) {
      float[][] a = arrays(n, 2);
      float[] expected = new float[Lanes.COUNT];
      float[] actual = new float[Lanes.COUNT];
      bernoulliLoss(scalar, n, a[0], a[1], null, expected);
      bernoulliLoss(vector, n, a[0], a[1], null, actual);
      assertArrayEquals(bits(expected), bits(actual));
      scalar.squaredError(n, a[0], OFFSET, a[1], OFFSET, null, 0, expected);
      vector.squaredError(n, a[0], OFFSET, a[1], OFFSET, null, 0, actual);
      assertArrayEquals(bits(expected), bits(actual));
    }
  }

  private static void bernoulliLoss(
      Kernels k, int n, float[] logits, float[] target, float[] gradient, float[] lanes) {
    float[] e = new float[n + 1];
    float[] rest = new float[n + 1];
    k.map(Function.EXP_MINUS_ABS, n, logits, OFFSET, e, 1);
    k.map(Function.LOG1P, n, e, 1, rest, 1);
    k.bernoulliLoss(n, logits, OFFSET, e, rest, 1, target, OFFSET, gradient, OFFSET, lanes);
  }

  /** Lanes in an array that is compared, however short. */
  private static float[] lanes(float[] array, int n) {
    return n >= Lanes.COUNT ? array : new float[Lanes.COUNT];
  }

  @Test
  void squares() {
    for (int n : SIZES) {
      float[] x = arrays(n, 2)[1];
      double[] expected = new double[Lanes.COUNT];
      double[] actual = new double[Lanes.COUNT];
      scalar.squares(n, x, OFFSET, expected);
      vector.squares(n, x, OFFSET, actual);
      assertArrayEquals(expected, actual);
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += (double) x[OFFSET + i] * x[OFFSET + i];
      }
      assertEquals(sum, Lanes.sum(actual), sum * 1e-13);
    }
  }

  @Test
  void adam() {
    for (boolean decoupled : new boolean[] {false, true}) {
      AdamFactors factors = new AdamFactors();
      factors.set(new AdamSettings(0.9, 0.999, 1e-8, 1e-2, decoupled, 2), 1e-3, 0.9, 0.999, 9);
      compare(
          "Adam",
          4,
          (k, n, a) -> {
            for (int i = 0; i < a[3].length; i++) {
              a[3][i] = Math.abs(a[3][i]);
            }
            k.adam(n, factors, a[0], OFFSET, a[1], OFFSET, a[2], OFFSET, a[3], OFFSET);
          });
    }
  }

  @Test
  void momentsThatAreNoNormalNumbersBecomeZero() {
    int n = 19;
    AdamFactors factors = new AdamFactors();
    factors.set(
        new AdamSettings(0.9, 0.999, 1e-8, 0, false, Double.POSITIVE_INFINITY),
        1e-3,
        0.9,
        0.999,
        9);
    for (Kernels kernels : List.of(scalar, vector)) {
      for (float sign : new float[] {-1, 1}) {
        float[] parameters = filled(n, 1);
        float[] first = filled(n, sign * Float.MIN_NORMAL);
        float[] second = filled(n, Float.MIN_NORMAL);
        kernels.adam(n, factors, parameters, 0, new float[n], 0, first, 0, second, 0);
        assertArrayEquals(new float[n], first);
        assertArrayEquals(new float[n], second);
        assertArrayEquals(filled(n, 1), parameters);
      }
      float[] first = filled(n, 2 * Float.MIN_NORMAL);
      kernels.adam(n, factors, new float[n], 0, new float[n], 0, first, 0, filled(n, Float.NaN), 0);
      assertEquals(1.8f * Float.MIN_NORMAL, first[n - 1], Float.MIN_VALUE);
    }
  }

  private static float[] filled(int n, float value) {
    float[] values = new float[n];
    Arrays.fill(values, value);
    return values;
  }
}
