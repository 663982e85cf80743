package gpuvae.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which products go by lists; that they are right is {@link GemmTest}'s. */
class SparseGemmTest {
  private static final int M = 208;
  private static final int N = 61;
  private static final int K = 785;

  @Test
  void whereEitherSideIsMostlyZeros() {
    check(true, 0.1, 1, false);
    check(true, 1, 0.1, false);
    check(true, 0.1, 1, true);
  }

  @Test
  void notForFewZeros() {
    check(false, 1, 1, false);
    // Half of each row, as after ReLU: three of four columns of a tile.
    check(false, 0.5, 0.5, false);
    check(false, 0.5, 1, true);
  }

  /** A bias goes along the rows of C, which B's lists would turn. */
  @Test
  void notForZerosOnTheRightWithABias() {
    check(false, 1, 0.1, true);
  }

  private static void check(boolean expected, double left, double right, boolean biased) {
    Inputs inputs = new Inputs(5);
    try (CpuBackend backend = new CpuBackend(new VectorKernels(), 1);
        WorkerPool pool = new WorkerPool(2)) {
      Tensor a = Inputs.tensor(backend, some(inputs, M * K, left), 0, M, K);
      Tensor b = Inputs.tensor(backend, some(inputs, K * N, right), 0, K, N);
      Tensor bias = biased ? Inputs.tensor(backend, inputs.normal(N, 1), 0, N) : null;
      Tensor c = Inputs.tensor(backend, Inputs.poison(M * N), 0, M, N);
      SparseGemm product = new SparseGemm(pool, new VectorKernels());
      assertEquals(
          expected, product.run(a, false, b, false, M, N, K, c, bias, Activation.IDENTITY));
    }
  }

  /** Normal numbers, of which so many are kept. */
  private static float[] some(Inputs inputs, int count, double kept) {
    float[] values = inputs.normal(count, 1);
    Random random = new Random(count);
    for (int i = 0; i < count; i++) {
      values[i] = random.nextDouble() < kept ? values[i] : 0;
    }
    return values;
  }
}
