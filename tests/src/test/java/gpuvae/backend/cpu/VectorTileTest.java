package gpuvae.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

/** Every shape of a tile, also those that this machine's vectors do not choose, bit for bit. */
class VectorTileTest {
  private static final int OFFSET = 3;
  private static final int[] DEPTHS = {0, 1, 7, 384};

  private interface Tile {
    void compute(
        int k,
        float[] a,
        int a0,
        int aStride,
        float[] b,
        int b0,
        float[] c,
        int c0,
        int cStride,
        int rows,
        boolean add);
  }

  @Test
  void threeByThree() {
    check(VectorTile::threeByThree, 3, 3);
  }

  @Test
  void fourByThree() {
    check(VectorTile::fourByThree, 4, 3);
  }

  @Test
  void fourByTwo() {
    check(VectorTile::fourByTwo, 4, 2);
  }

  @Test
  void sparseTwoByFive() {
    check(VectorTileTest::sparse, 2, 5);
  }

  /** A tile of all columns that passes over those that are zero. */
  private static void sparse(
      int k,
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int b0,
      float[] c,
      int c0,
      int cStride,
      int rows,
      boolean add) {
    int first = 5;
    int stride = first + k;
    int[] positions = new int[stride];
    float[] columns = new float[2 * stride];
    int count = 0;
    for (int l = 0; l < k; l++) {
      if (isZero(l)) {
        continue;
      }
      for (int i = 0; i < rows; i++) {
        columns[i * stride + first + count] = a[a0 + i * aStride + l];
      }
      positions[first + count++] = l;
    }
    VectorSparseTile.twoByFive(
        count, positions, first, columns, stride, b, b0, c, c0, cStride, rows, add);
  }

  private static boolean isZero(int column) {
    return column % 3 == 1 || column == 6;
  }

  private static void check(Tile tile, int mostRows, int vectors) {
    int columns = vectors * VectorMath.FLOATS.length();
    for (int k : DEPTHS) {
      for (int rows = 1; rows <= mostRows; rows++) {
        for (boolean add : new boolean[] {false, true}) {
          check(tile, k, rows, columns, add);
        }
      }
    }
  }

  private static void check(Tile tile, int k, int rows, int columns, boolean add) {
    int aStride = k + 1;
    int cStride = columns + 2;
    Inputs inputs = new Inputs(31 * k + rows);
    float[] a = inputs.normal(OFFSET + rows * aStride, 1);
    for (int i = 0; i < rows; i++) {
      for (int l = 0; l < k; l++) {
        if (isZero(l)) {
          a[OFFSET + i * aStride + l] = 0;
        }
      }
    }
    float[] b = inputs.normal(OFFSET + k * columns, 1);
    float[] actual = inputs.normal(OFFSET + rows * cStride, 1);
    float[] expected = actual.clone();
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        float sum = 0;
        for (int l = 0; l < k; l++) {
          sum = Math.fma(a[OFFSET + i * aStride + l], b[OFFSET + l * columns + j], sum);
        }
        int at = OFFSET + i * cStride + j;
        expected[at] = add ? expected[at] + sum : sum;
      }
    }
    tile.compute(k, a, OFFSET, aStride, b, OFFSET, actual, OFFSET, cStride, rows, add);
    assertArrayEquals(expected, actual, "k " + k + ", rows " + rows + ", add " + add);
  }
}
