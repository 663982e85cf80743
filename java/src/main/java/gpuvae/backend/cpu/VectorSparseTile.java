package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * {@link Kernels#sparseTile} of two rows by five vectors: ten sums, two broadcasts and a load are
 * enough for the latency of fma, and fit 16 registers. The fewer the rows, the more columns are
 * zero in all of them.
 */
final class VectorSparseTile {
  private static final int WIDTH = FLOATS.length();

  private VectorSparseTile() {}

  /** Parameters as of {@link Kernels#sparseTile}. */
  static void twoByFive(
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
    FloatVector c00 = FloatVector.zero(FLOATS);
    FloatVector c01 = c00;
    FloatVector c02 = c00;
    FloatVector c03 = c00;
    FloatVector c04 = c00;
    FloatVector c10 = c00;
    FloatVector c11 = c00;
    FloatVector c12 = c00;
    FloatVector c13 = c00;
    FloatVector c14 = c00;
    for (int i = first; i < first + count; i++) {
      int p = b0 + positions[i] * 5 * WIDTH;
      FloatVector x = FloatVector.broadcast(FLOATS, a[i]);
      FloatVector y = FloatVector.broadcast(FLOATS, a[i + aStride]);
      FloatVector v = FloatVector.fromArray(FLOATS, b, p);
      c00 = x.fma(v, c00);
      c10 = y.fma(v, c10);
      v = FloatVector.fromArray(FLOATS, b, p + WIDTH);
      c01 = x.fma(v, c01);
      c11 = y.fma(v, c11);
      v = FloatVector.fromArray(FLOATS, b, p + 2 * WIDTH);
      c02 = x.fma(v, c02);
      c12 = y.fma(v, c12);
      v = FloatVector.fromArray(FLOATS, b, p + 3 * WIDTH);
      c03 = x.fma(v, c03);
      c13 = y.fma(v, c13);
      v = FloatVector.fromArray(FLOATS, b, p + 4 * WIDTH);
      c04 = x.fma(v, c04);
      c14 = y.fma(v, c14);
    }
    if (add) {
      c00 = FloatVector.fromArray(FLOATS, c, c0).add(c00);
      c01 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c01);
      c02 = FloatVector.fromArray(FLOATS, c, c0 + 2 * WIDTH).add(c02);
      c03 = FloatVector.fromArray(FLOATS, c, c0 + 3 * WIDTH).add(c03);
      c04 = FloatVector.fromArray(FLOATS, c, c0 + 4 * WIDTH).add(c04);
    }
    c00.intoArray(c, c0);
    c01.intoArray(c, c0 + WIDTH);
    c02.intoArray(c, c0 + 2 * WIDTH);
    c03.intoArray(c, c0 + 3 * WIDTH);
    c04.intoArray(c, c0 + 4 * WIDTH);
    if (rows > 1) {
      c0 += cStride;
      if (add) {
        c10 = FloatVector.fromArray(FLOATS, c, c0).add(c10);
        c11 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c11);
        c12 = FloatVector.fromArray(FLOATS, c, c0 + 2 * WIDTH).add(c12);
        c13 = FloatVector.fromArray(FLOATS, c, c0 + 3 * WIDTH).add(c13);
        c14 = FloatVector.fromArray(FLOATS, c, c0 + 4 * WIDTH).add(c14);
      }
      c10.intoArray(c, c0);
      c11.intoArray(c, c0 + WIDTH);
      c12.intoArray(c, c0 + 2 * WIDTH);
      c13.intoArray(c, c0 + 3 * WIDTH);
      c14.intoArray(c, c0 + 4 * WIDTH);
    }
  }
}
