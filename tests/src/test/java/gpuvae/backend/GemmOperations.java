package gpuvae.backend;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matrix products. */
abstract class GemmOperations extends OperationsSuite {
  GemmOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  @ParameterizedTest
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void gemm(boolean transposeA, boolean transposeB) {
    for (int m : SIZES) {
      for (int n : SIZES) {
        for (int k : SIZES) {
          gemm(transposeA, transposeB, m, n, k, inputs.below(2) == 0, 0);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void oneLongDimension(boolean transposeA, boolean transposeB) {
    for (int other : new int[] {1, 13, 127}) {
      gemm(transposeA, transposeB, LONG, other, 13, false, 0);
      gemm(transposeA, transposeB, other, LONG, 13, true, 0);
      gemm(transposeA, transposeB, other, 13, LONG, false, 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"false,true", "false,false", "true,false"})
  void aLayersShapes(boolean transposeA, boolean transposeB) {
    gemm(transposeA, transposeB, 128, 400, 784, false, 0);
    gemm(transposeA, transposeB, 400, 784, 128, false, 0);
  }

  /** Images on the left or the right, most of whose pixels are black where the others' are. */
  @ParameterizedTest
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void blackPixels(boolean transposeA, boolean transposeB) {
    for (int images : new int[] {127, 128, 207, 1001}) {
      int pixels = 785;
      int m = transposeA ? pixels : images;
      int k = transposeA ? images : pixels;
      String what = name("gemm of %d images%s", images, transposeA ? ", transposed" : "");
      Pair a = poisoned(images, pixels + 3).set(images(images, pixels + 3));
      Pair b = random(transposeB ? 61 : k, transposeB ? k : 61, 0);
      check(what, a, transposeA, b, transposeB, m, 61, k, poisoned(m, 61), false);
      release();

      int n = transposeB ? images : pixels;
      k = transposeB ? pixels : images;
      what = name("gemm by %d images%s", images, transposeB ? ", transposed" : "");
      a = random(transposeA ? k : 61, transposeA ? 61 : k, 0);
      b = poisoned(images, pixels + 3).set(images(images, pixels + 3));
      check(what, a, transposeA, b, transposeB, 61, n, k, poisoned(61, n + 2), false);
      release();
    }
  }

  /** White pixels in stripes, zeros of both signs between them; no two images are alike. */
  private float[] images(int rows, int columns) {
    float[] x = new float[rows * columns];
    for (int i = 0; i < rows; i++) {
      int from = inputs.below(columns / 3);
      int to = columns - inputs.below(columns / 2);
      for (int j = 0; j < columns; j++) {
        boolean white = j >= from && j < to && j / 7 % 5 == 0 && inputs.below(2) == 0;
        x[i * columns + j] = white ? inputs.normal(1, 1)[0] : j % 2 == 0 ? 0 : -0f;
      }
    }
    return x;
  }

  /** Rows longer than what is used of them. */
  @ParameterizedTest
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void rowLengthIsTheTensors(boolean transposeA, boolean transposeB) {
    gemm(transposeA, transposeB, 13, 127, 128, false, 3);
    gemm(transposeA, transposeB, 127, 13, 207, true, 5);
  }

  @Test
  void subnormalsAndZeros() {
    int m = 13;
    Pair a = poisoned(m, m).set(inputs.wild(m * m, 1e-3, 1));
    Pair b = poisoned(m, m).set(inputs.wild(m * m, 1e-3, 1));
    check(name("gemm of tiny values"), a, false, b, true, m, m, m, poisoned(m, m), false);
  }

  @ParameterizedTest
  @CsvSource({"false,true", "false,false", "true,false"})
  void notANumberIsNotLost(boolean transposeA, boolean transposeB) {
    int m = 127;
    float[] values = inputs.normal(m * m, 1);
    values[inputs.below(m * m)] = Float.NaN;
    Pair a = poisoned(m, m).set(values);
    Pair b = poisoned(m, m).set(new float[m * m]);
    check(name("gemm with NaN"), a, transposeA, b, transposeB, m, m, m, poisoned(m, m), false);
  }

  private void gemm(
      boolean transposeA, boolean transposeB, int m, int n, int k, boolean accumulate, int excess) {
    String what =
        name(
            "gemm(A%s, B%s) m=%d n=%d k=%d accumulate=%s row excess=%d",
            transposeA ? "^T" : "", transposeB ? "^T" : "", m, n, k, accumulate, excess);
    Pair a = random(transposeA ? k : m, transposeA ? m : k, excess);
    Pair b = random(transposeB ? n : k, transposeB ? k : n, excess);
    Pair c = accumulate ? random(m, n, excess) : poisoned(capacity(m), n + excess);
    check(what, a, transposeA, b, transposeB, m, n, k, c, accumulate);
    release();
  }

  /** The used rows are random; those beyond and the poison around must not be read. */
  private Pair random(int rows, int columns, int excess) {
    return poisoned(capacity(rows), columns + excess)
        .set(inputs.normal(rows * (columns + excess), 1));
  }

  private void check(
      String what,
      Pair a,
      boolean transposeA,
      Pair b,
      boolean transposeB,
      int m,
      int n,
      int k,
      Pair c,
      boolean accumulate) {
    double[] magnitude = magnitudes(a, transposeA, b, transposeB, m, n, k, c, accumulate);
    tested.gemm(a.tested, transposeA, b.tested, transposeB, m, n, k, c.tested, accumulate);
    oracle.gemm(a.exact, transposeA, b.exact, transposeB, m, n, k, c.exact, accumulate);
    c.check(what, m, n, (index, expected) -> Tolerances.sum(k + 1, magnitude[index]));
    a.checkUntouched(what + ", A");
    b.checkUntouched(what + ", B");
  }

  /** The same product of absolute values, by the oracle. */
  private double[] magnitudes(
      Pair a,
      boolean transposeA,
      Pair b,
      boolean transposeB,
      int m,
      int n,
      int k,
      Pair c,
      boolean accumulate) {
    Tensor left = absolute(a);
    Tensor right = absolute(b);
    Tensor sum = absolute(c);
    oracle.gemm(left, transposeA, right, transposeB, m, n, k, sum, accumulate);
    return oracle.doubles(sum);
  }
}
