package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * {@link VectorTile} of those columns of a that are not zero. Parameters as of {@link
 * Kernels#sparseTile}.
 */
final class VectorSparseTile {
  private static final int WIDTH = FLOATS.length();

  private VectorSparseTile() {}

  /** Four rows by three vectors, for 32 registers. */
  static void fourByThree(
      int count,
      int[] positions,
      int first,
      float[] a,
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
    FloatVector c10 = c00;
    FloatVector c11 = c00;
    FloatVector c12 = c00;
    FloatVector c20 = c00;
    FloatVector c21 = c00;
    FloatVector c22 = c00;
    FloatVector c30 = c00;
    FloatVector c31 = c00;
    FloatVector c32 = c00;
    for (int i = first, q = first * 4; i < first + count; i++, q += 4) {
      int p = b0 + positions[i] * 3 * WIDTH;
      FloatVector v0 = FloatVector.fromArray(FLOATS, b, p);
      FloatVector v1 = FloatVector.fromArray(FLOATS, b, p + WIDTH);
      FloatVector v2 = FloatVector.fromArray(FLOATS, b, p + 2 * WIDTH);
      FloatVector x = FloatVector.broadcast(FLOATS, a[q]);
      c00 = x.fma(v0, c00);
      c01 = x.fma(v1, c01);
      c02 = x.fma(v2, c02);
      x = FloatVector.broadcast(FLOATS, a[q + 1]);
      c10 = x.fma(v0, c10);
      c11 = x.fma(v1, c11);
      c12 = x.fma(v2, c12);
      x = FloatVector.broadcast(FLOATS, a[q + 2]);
      c20 = x.fma(v0, c20);
      c21 = x.fma(v1, c21);
      c22 = x.fma(v2, c22);
      x = FloatVector.broadcast(FLOATS, a[q + 3]);
      c30 = x.fma(v0, c30);
      c31 = x.fma(v1, c31);
      c32 = x.fma(v2, c32);
    }
    if (add) {
      c00 = FloatVector.fromArray(FLOATS, c, c0).add(c00);
      c01 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c01);
      c02 = FloatVector.fromArray(FLOATS, c, c0 + 2 * WIDTH).add(c02);
    }
    c00.intoArray(c, c0);
    c01.intoArray(c, c0 + WIDTH);
    c02.intoArray(c, c0 + 2 * WIDTH);
    if (rows > 1) {
      c0 += cStride;
      if (add) {
        c10 = FloatVector.fromArray(FLOATS, c, c0).add(c10);
        c11 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c11);
        c12 = FloatVector.fromArray(FLOATS, c, c0 + 2 * WIDTH).add(c12);
      }
      c10.intoArray(c, c0);
      c11.intoArray(c, c0 + WIDTH);
      c12.intoArray(c, c0 + 2 * WIDTH);
    }
    if (rows > 2) {
      c0 += cStride;
      if (add) {
        c20 = FloatVector.fromArray(FLOATS, c, c0).add(c20);
        c21 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c21);
        c22 = FloatVector.fromArray(FLOATS, c, c0 + 2 * WIDTH).add(c22);
      }
      c20.intoArray(c, c0);
      c21.intoArray(c, c0 + WIDTH);
      c22.intoArray(c, c0 + 2 * WIDTH);
    }
    if (rows > 3) {
      c0 += cStride;
      if (add) {
        c30 = FloatVector.fromArray(FLOATS, c, c0).add(c30);
        c31 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c31);
        c32 = FloatVector.fromArray(FLOATS, c, c0 + 2 * WIDTH).add(c32);
      }
      c30.intoArray(c, c0);
      c31.intoArray(c, c0 + WIDTH);
      c32.intoArray(c, c0 + 2 * WIDTH);
    }
  }

  /** Three rows by three vectors: nine sums, three loads and a broadcast, for 16 registers. */
  static void threeByThree(
      int count,
      int[] positions,
      int first,
      float[] a,
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
    FloatVector c10 = c00;
    FloatVector c11 = c00;
    FloatVector c12 = c00;
    FloatVector c20 = c00;
    FloatVector c21 = c00;
    FloatVector c22 = c00;
    for (int i = first, q = first * 3; i < first + count; i++, q += 3) {
      int p = b0 + positions[i] * 3 * WIDTH;
      FloatVector v0 = FloatVector.fromArray(FLOATS, b, p);
      FloatVector v1 = FloatVector.fromArray(FLOATS, b, p + WIDTH);
      FloatVector v2 = FloatVector.fromArray(FLOATS, b, p + 2 * WIDTH);
      FloatVector x = FloatVector.broadcast(FLOATS, a[q]);
      c00 = x.fma(v0, c00);
      c01 = x.fma(v1, c01);
      c02 = x.fma(v2, c02);
      x = FloatVector.broadcast(FLOATS, a[q + 1]);
      c10 = x.fma(v0, c10);
      c11 = x.fma(v1, c11);
      c12 = x.fma(v2, c12);
      x = FloatVector.broadcast(FLOATS, a[q + 2]);
      c20 = x.fma(v0, c20);
      c21 = x.fma(v1, c21);
      c22 = x.fma(v2, c22);
    }
    if (add) {
      c00 = FloatVector.fromArray(FLOATS, c, c0).add(c00);
      c01 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c01);
      c02 = FloatVector.fromArray(FLOATS, c, c0 + 2 * WIDTH).add(c02);
    }
    c00.intoArray(c, c0);
    c01.intoArray(c, c0 + WIDTH);
    c02.intoArray(c, c0 + 2 * WIDTH);
    if (rows > 1) {
      c0 += cStride;
      if (add) {
        c10 = FloatVector.fromArray(FLOATS, c, c0).add(c10);
        c11 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c11);
        c12 = FloatVector.fromArray(FLOATS, c, c0 + 2 * WIDTH).add(c12);
      }
      c10.intoArray(c, c0);
      c11.intoArray(c, c0 + WIDTH);
      c12.intoArray(c, c0 + 2 * WIDTH);
    }
    if (rows > 2) {
      c0 += cStride;
      if (add) {
        c20 = FloatVector.fromArray(FLOATS, c, c0).add(c20);
        c21 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c21);
        c22 = FloatVector.fromArray(FLOATS, c, c0 + 2 * WIDTH).add(c22);
      }
      c20.intoArray(c, c0);
      c21.intoArray(c, c0 + WIDTH);
      c22.intoArray(c, c0 + 2 * WIDTH);
    }
  }
}
