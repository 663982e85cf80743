package gpuvae.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Activation;
import gpuvae.backend.LayerTensors;
import gpuvae.backend.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GemmTest {
  /** m, n, k: tiles, panels and depths that fit, and that leave a rest; rows shared by workers. */
  private static final int[][] SHAPES = {
    {1, 1, 1},
    {1, 13, 7},
    {13, 1, 5},
    {2, 23, 3},
    {3, 24, 288},
    {4, 25, 289},
    {5, 48, 0},
    {13, 127, 128},
    {97, 31, 64},
    {50, 90, 600},
    {127, 207, 33},
    {128, 40, 400},
    {207, 13, 600},
    {100, 100, 1000},
    {333, 127, 31},
    {607, 50, 20},
  };

  private static final int OFFSET = 5;

  @Test
  void vectorProductsAreRight() {
    checkAll(new VectorKernels(), 2);
  }

  @Test
  @Tag("scalar")
  void scalarProductsAreRight() {
    checkAll(new ScalarKernels(), 2);
  }

  private static void checkAll(Kernels kernels, int workers) {
    try (CpuBackend backend = new CpuBackend(kernels, workers)) {
      for (int[] shape : SHAPES) {
        for (int form = 0; form < 8; form++) {
          check(backend, shape, (form & 1) != 0, (form & 2) != 0, (form & 4) != 0);
        }
      }
    }
  }

  private static void check(
      CpuBackend backend, int[] shape, boolean transposeA, boolean transposeB, boolean add) {
    int m = shape[0];
    int n = shape[1];
    int k = shape[2];
    Product product = new Product(m, n, k, transposeA, transposeB);
    Tensor c = product.run(backend, add);
    float[] array = CpuStorage.floats(c);
    int first = (int) c.offset();
    String what = Arrays.toString(shape) + transposeA + transposeB + add;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = add ? product.before[i * n + j] : 0;
        double size = Math.abs(sum);
        for (int l = 0; l < k; l++) {
          double term = (double) product.a(i, l) * product.b(l, j);
          sum += term;
          size += Math.abs(term);
        }
        assertEquals(sum, array[first + i * n + j], size * (k + 1) * 0x1p-24, what);
      }
    }
    for (int i = 1; i <= OFFSET; i++) {
      assertEquals(Inputs.POISON, array[first - i], what);
      assertEquals(Inputs.POISON, array[array.length - i], what);
    }
  }

  @Test
  void providersWorkersAndPassesGiveTheSameBits() {
    for (int[] shape : SHAPES) {
      for (int form = 0; form < 4; form++) {
        Product product =
            new Product(shape[0], shape[1], shape[2], (form & 1) != 0, (form & 2) != 0);
        float[] expected = product.bits(new VectorKernels(), 1);
        assertArrayEquals(expected, product.bits(new VectorKernels(), 2));
        assertArrayEquals(expected, product.bits(new VectorKernels(), 3));
        assertArrayEquals(expected, product.bits(new ScalarKernels(), 2));
      }
    }
  }

  /** What is added to another matrix is not looked through for zeros. */
  @Test
  void leavingZerosOutChangesNoBit() {
    for (int[] shape :
        new int[][] {{207, 61, 785}, {785, 61, 207}, {61, 785, 207}, {1001, 50, 127}}) {
      for (int form = 0; form < 4; form++) {
        Product product =
            new Product(shape[0], shape[1], shape[2], (form & 1) != 0, (form & 2) != 0);
        blacken(shape[0] < shape[1] ? product.b : product.a);
        Arrays.fill(product.before, 0);
        float[] expected = product.bits(new VectorKernels(), 2);
        String what = Arrays.toString(shape) + form;
        for (int workers = 1; workers <= 3; workers++) {
          assertArrayEquals(expected, product.bits(new VectorKernels(), workers, false), what);
        }
        assertArrayEquals(expected, product.bits(new ScalarKernels(), 2, false), what);
      }
    }
  }

  /** Leaves three elements in a hundred. */
  private static void blacken(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 31 % 101 < 3 ? values[i] : 0;
    }
  }

  @Test
  void biasAndActivationInOnePassAreThoseOfTwo() {
    int rows = 130;
    int in = 300;
    int out = 41;
    Inputs inputs = new Inputs(3);
    try (CpuBackend backend = new CpuBackend(new VectorKernels(), 2)) {
      Tensor x = Inputs.tensor(backend, inputs.normal(rows * in, 1), 3, rows, in);
      Tensor weight = Inputs.tensor(backend, inputs.normal(out * in, 1), 2, out, in);
      Tensor bias = Inputs.tensor(backend, inputs.normal(out, 1), 1, out);
      for (Activation activation :
          new Activation[] {Activation.IDENTITY, Activation.RELU, Activation.leakyRelu(0.2)}) {
        Tensor one = Inputs.tensor(backend, Inputs.poison(rows * out), 7, rows, out);
        Tensor two = Inputs.tensor(backend, Inputs.poison(rows * out), 7, rows, out);
        backend.denseForward(
            rows, new LayerTensors(x, weight, bias, activation, one, one, null, null, null, null));
        backend.gemm(x, false, weight, true, rows, out, in, two, false);
        backend.biasActivation(rows, two, bias, activation, two);
        float[] values = Inputs.read(backend, one);
        assertArrayEquals(Inputs.read(backend, two), values);
        assertTrue(values[rows * out - 1] != Inputs.POISON);
      }
    }
  }

  /** A product of random matrices. */
  private static final class Product {
    final int m;
    final int n;
    final int k;
    final boolean transposeA;
    final boolean transposeB;
    final float[] a;
    final float[] b;
    final float[] before;

    Product(int m, int n, int k, boolean transposeA, boolean transposeB) {
      this.m = m;
      this.n = n;
      this.k = k;
      this.transposeA = transposeA;
      this.transposeB = transposeB;
      Inputs inputs = new Inputs(m * 1_000_003L + n * 1009L + k);
      a = inputs.normal(m * k, 1);
      b = inputs.normal(k * n, 1);
      before = inputs.normal(m * n, 1);
    }

    float a(int i, int l) {
      return transposeA ? a[l * m + i] : a[i * k + l];
    }

    float b(int l, int j) {
      return transposeB ? b[j * k + l] : b[l * n + j];
    }

    Tensor run(CpuBackend backend, boolean add) {
      float[] initial = add ? before : Inputs.poison(m * n);
      Tensor left = Inputs.tensor(backend, a, 3, transposeA ? k : m, transposeA ? m : k);
      Tensor right = Inputs.tensor(backend, b, 9, transposeB ? n : k, transposeB ? k : n);
      Tensor c = Inputs.tensor(backend, initial, OFFSET, m, n);
      backend.gemm(left, transposeA, right, transposeB, m, n, k, c, add);
      return c;
    }

    float[] bits(Kernels kernels, int workers) {
      return bits(kernels, workers, true);
    }

    float[] bits(Kernels kernels, int workers, boolean add) {
      try (CpuBackend backend = new CpuBackend(kernels, workers)) {
        return Inputs.read(backend, run(backend, add));
      }
    }
  }
}
