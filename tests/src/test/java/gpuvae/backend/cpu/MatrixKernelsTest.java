package gpuvae.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What lays panels out, by both providers; their tiles are {@link VectorTileTest}'s. */
class MatrixKernelsTest {
  private static final int[] SIZES = {0, 1, 7, 8, 13, 15, 16, 17, 31, 127, 128, 207};
  private static final int OFFSET = 3;

  private static final List<MatrixKernels> PROVIDERS =
      List.of(new ScalarMatrixKernels(), new VectorMatrixKernels());

  @Test
  void nonzerosOfTwoRowsAreListed() {
    for (MatrixKernels kernels : PROVIDERS) {
      for (int n = 0; n <= 70; n++) {
        checkList(kernels, 0, n);
        checkList(kernels, Math.min(n, 5), n);
      }
    }
  }

  /** Every pair of values comes; so do 16 columns of zeros. */
  private static void checkList(MatrixKernels kernels, int from, int to) {
    float[] kinds = {0, -0f, Float.NaN, Float.MIN_VALUE, 1};
    float[] x = new float[2 * to + OFFSET];
    int[] columns = new int[to];
    int count = 0;
    for (int i = 0; i < to; i++) {
      boolean black = i >= 16 && i < 37;
      x[OFFSET + i] = black ? 0 : kinds[i % 5];
      x[OFFSET + to + i] = black ? -0f : kinds[i / 5 % 5];
      if (i >= from && (x[OFFSET + i] != 0 || x[OFFSET + to + i] != 0)) {
        columns[count++] = i;
      }
    }
    int stride = OFFSET + count + MatrixKernels.SLACK;
    int[] positions = new int[stride + OFFSET];
    Arrays.fill(positions, -1);
    float[] values = new float[2 * stride + OFFSET];
    Arrays.fill(values, 7);
    int found =
        kernels.nonzeros(from, to, x, OFFSET, OFFSET + to, positions, OFFSET, values, stride);
    String what = kernels.getClass() + ", from " + from + " to " + to;
    assertEquals(count, found, what);
    for (int i = 0; i < count; i++) {
      assertEquals(columns[i], positions[OFFSET + i], what);
      assertEquals(x[OFFSET + columns[i]], values[OFFSET + i], what);
      assertEquals(x[OFFSET + to + columns[i]], values[OFFSET + stride + i], what);
    }
    for (int i = 0; i < OFFSET; i++) {
      assertEquals(-1, positions[i], what);
      assertEquals(7, values[i], what);
      assertEquals(-1, positions[stride + i], what);
      assertEquals(7, values[2 * stride + i], what);
    }
  }

  @Test
  void transposeMovesEveryElementOnce() {
    for (int rows : new int[] {1, 3, 8, 13, 24}) {
      for (int columns : SIZES) {
        int stride = columns + 2;
        float[] from = new Inputs(1).normal(rows * stride + OFFSET, 1);
        for (MatrixKernels kernels : PROVIDERS) {
          float[] to = Inputs.poison(columns * (rows + 1) + OFFSET);
          kernels.transpose(rows, columns, from, OFFSET, stride, to, OFFSET, rows + 1);
          for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
              assertEquals(from[OFFSET + i * stride + j], to[OFFSET + j * (rows + 1) + i]);
            }
          }
          for (int j = 0; j < columns; j++) {
            assertEquals(Inputs.POISON, to[OFFSET + j * (rows + 1) + rows]);
          }
        }
      }
    }
  }
}
