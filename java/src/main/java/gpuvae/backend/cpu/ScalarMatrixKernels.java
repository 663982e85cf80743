package gpuvae.backend.cpu;

import static java.lang.Math.fma;

/** The inner loops of matrix products without the Vector API. */
final class ScalarMatrixKernels implements MatrixKernels {
  private static final int TILE_COLUMNS = 16;

  /** Columns that are transposed at a time: their target lines stay in the first-level cache. */
  private static final int TRANSPOSE_BLOCK = 64;

  @Override
  public int tileRows() {
    return NARROW_ROWS;
  }

  @Override
  public int tileColumns() {
    return TILE_COLUMNS;
  }

  @Override
  public int sparseColumns() {
    return TILE_COLUMNS;
  }

  @Override
  public int narrowColumns() {
    return TILE_COLUMNS;
  }

  @Override
  public void narrowTile(
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
    tile(k, a, a0, aStride, b, b0, c, c0, cStride, rows, add);
  }

  @Override
  public void tile(
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
    for (int i = 0; i < rows; i++) {
      tileRow(k, a, a0 + i * aStride, b, b0, c, c0 + i * cStride, add);
    }
  }

  /** Four columns at a time: chains that do not wait for each other. */
  private static void tileRow(
      int k, float[] a, int a0, float[] b, int b0, float[] c, int c0, boolean add) {
    for (int j = 0; j < TILE_COLUMNS; j += 4) {
      float sum0 = 0;
      float sum1 = 0;
      float sum2 = 0;
      float sum3 = 0;
      for (int l = 0; l < k; l++) {
        float x = a[a0 + l];
        int row = b0 + l * TILE_COLUMNS + j;
        sum0 = fma(x, b[row], sum0);
        sum1 = fma(x, b[row + 1], sum1);
        sum2 = fma(x, b[row + 2], sum2);
        sum3 = fma(x, b[row + 3], sum3);
      }
      c[c0 + j] = add ? c[c0 + j] + sum0 : sum0;
      c[c0 + j + 1] = add ? c[c0 + j + 1] + sum1 : sum1;
      c[c0 + j + 2] = add ? c[c0 + j + 2] + sum2 : sum2;
      c[c0 + j + 3] = add ? c[c0 + j + 3] + sum3 : sum3;
    }
  }

  @Override
  public void sparseTile(
      int count,
      int[] positions,
      int first,
      float[] a,
      int aStride,
      float[] b,
      int b0,
      float[] c,
      int c0,
      int cStride,
      int rows,
      boolean add) {
    for (int i = 0; i < rows; i++) {
      int from = first + i * aStride;
      int to = c0 + i * cStride;
      for (int j = 0; j < TILE_COLUMNS; j++) {
        float sum = 0;
        for (int at = 0; at < count; at++) {
          sum = fma(a[from + at], b[b0 + positions[first + at] * TILE_COLUMNS + j], sum);
        }
        c[to + j] = add ? c[to + j] + sum : sum;
      }
    }
  }

  @Override
  public int nonzeros(
      int from,
      int to,
      float[] x,
      int row0,
      int row1,
      int[] positions,
      int at,
      float[] values,
      int stride) {
    int n = 0;
    for (int i = from; i < to; i++) {
      float v0 = x[row0 + i];
      float v1 = x[row1 + i];
      positions[at + n] = i;
      values[at + n] = v0;
      values[at + stride + n] = v1;
      // Counted, not branched on: nobody can foretell the branch.
      n += v0 != 0 | v1 != 0 ? 1 : 0;
    }
    return n;
  }

  @Override
  public void transpose(
      int rows,
      int columns,
      float[] source,
      int sourceOffset,
      int sourceStride,
      float[] target,
      int targetOffset,
      int targetStride) {
    for (int from = 0; from < columns; from += TRANSPOSE_BLOCK) {
      int to = Math.min(columns, from + TRANSPOSE_BLOCK);
      int i = 0;
      for (; i + 8 <= rows; i += 8) {
        transposeEight(
            to - from,
            source,
            sourceOffset + i * sourceStride + from,
            sourceStride,
            target,
            targetOffset + from * targetStride + i,
            targetStride);
      }
      for (; i < rows; i++) {
        for (int j = from; j < to; j++) {
          target[targetOffset + j * targetStride + i] = source[sourceOffset + i * sourceStride + j];
        }
      }
    }
  }

  /** Eight rows together: each target line is written once. */
  private static void transposeEight(
      int columns,
      float[] source,
      int row0,
      int sourceStride,
      float[] target,
      int to,
      int targetStride) {
    int row1 = row0 + sourceStride;
    int row2 = row1 + sourceStride;
    int row3 = row2 + sourceStride;
    int row4 = row3 + sourceStride;
    int row5 = row4 + sourceStride;
    int row6 = row5 + sourceStride;
    int row7 = row6 + sourceStride;
    for (int j = 0; j < columns; j++, to += targetStride) {
      target[to] = source[row0 + j];
      target[to + 1] = source[row1 + j];
      target[to + 2] = source[row2 + j];
      target[to + 3] = source[row3 + j];
      target[to + 4] = source[row4 + j];
      target[to + 5] = source[row5 + j];
      target[to + 6] = source[row6 + j];
      target[to + 7] = source[row7 + j];
    }
  }

  @Override
  public void copyRows(
      int rows,
      int columns,
      float[] source,
      int sourceOffset,
      int sourceStride,
      float[] target,
      int targetOffset,
      int targetStride) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(
          source,
          sourceOffset + i * sourceStride,
          target,
          targetOffset + i * targetStride,
          columns);
    }
  }
}
