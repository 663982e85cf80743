package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * {@link ImageKernels#tile} in registers: four rows by three vectors where there are 32 of them,
 * else three by three; one vector where the others would hold nothing that is used.
 */
final class VectorCorrelation {
  private static final int WIDTH = FLOATS.length();
  private static final boolean MANY_REGISTERS = FLOATS.vectorBitSize() == 512;

  static final int ROWS = MANY_REGISTERS ? 4 : 3;
  static final int COLUMNS = 3 * WIDTH;

  private VectorCorrelation() {}

  static void tile(
      int columns,
      int k,
      float[] a,
      int a0,
      float[] x,
      int[] offsets,
      int p,
      float[] c,
      int c0,
      int stride) {
    if (MANY_REGISTERS) {
      if (columns > WIDTH) {
        fourByThree(k, a, a0, x, offsets, p, c, c0, stride);
      } else {
        fourByOne(k, a, a0, x, offsets, p, c, c0, stride);
      }
    } else {
      if (columns > WIDTH) {
        threeByThree(k, a, a0, x, offsets, p, c, c0, stride);
      } else {
        threeByOne(k, a, a0, x, offsets, p, c, c0, stride);
      }
    }
  }

  private static void fourByOne(
      int k, float[] a, int a0, float[] x, int[] offsets, int p, float[] c, int c0, int stride) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int l = 0; l < k; l++, a0 += 4) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, offsets[l] + p);
      s0 = FloatVector.broadcast(FLOATS, a[a0]).fma(v, s0);
      s1 = FloatVector.broadcast(FLOATS, a[a0 + 1]).fma(v, s1);
      s2 = FloatVector.broadcast(FLOATS, a[a0 + 2]).fma(v, s2);
      s3 = FloatVector.broadcast(FLOATS, a[a0 + 3]).fma(v, s3);
    }
    s0.intoArray(c, c0);
    s1.intoArray(c, c0 + stride);
    s2.intoArray(c, c0 + 2 * stride);
    s3.intoArray(c, c0 + 3 * stride);
  }

  private static void threeByOne(
      int k, float[] a, int a0, float[] x, int[] offsets, int p, float[] c, int c0, int stride) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    for (int l = 0; l < k; l++, a0 += 3) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, offsets[l] + p);
      s0 = FloatVector.broadcast(FLOATS, a[a0]).fma(v, s0);
      s1 = FloatVector.broadcast(FLOATS, a[a0 + 1]).fma(v, s1);
      s2 = FloatVector.broadcast(FLOATS, a[a0 + 2]).fma(v, s2);
    }
    s0.intoArray(c, c0);
    s1.intoArray(c, c0 + stride);
    s2.intoArray(c, c0 + 2 * stride);
  }

  private static void fourByThree(
      int k, float[] a, int a0, float[] x, int[] offsets, int p, float[] c, int c0, int stride) {
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
    for (int l = 0; l < k; l++, a0 += 4) {
      int from = offsets[l] + p;
      FloatVector v0 = FloatVector.fromArray(FLOATS, x, from);
      FloatVector v1 = FloatVector.fromArray(FLOATS, x, from + WIDTH);
      FloatVector v2 = FloatVector.fromArray(FLOATS, x, from + 2 * WIDTH);
      FloatVector w = FloatVector.broadcast(FLOATS, a[a0]);
      c00 = w.fma(v0, c00);
      c01 = w.fma(v1, c01);
      c02 = w.fma(v2, c02);
      w = FloatVector.broadcast(FLOATS, a[a0 + 1]);
      c10 = w.fma(v0, c10);
      c11 = w.fma(v1, c11);
      c12 = w.fma(v2, c12);
      w = FloatVector.broadcast(FLOATS, a[a0 + 2]);
      c20 = w.fma(v0, c20);
      c21 = w.fma(v1, c21);
      c22 = w.fma(v2, c22);
      w = FloatVector.broadcast(FLOATS, a[a0 + 3]);
      c30 = w.fma(v0, c30);
      c31 = w.fma(v1, c31);
      c32 = w.fma(v2, c32);
    }
    c00.intoArray(c, c0);
    c01.intoArray(c, c0 + WIDTH);
    c02.intoArray(c, c0 + 2 * WIDTH);
    c10.intoArray(c, c0 + stride);
    c11.intoArray(c, c0 + stride + WIDTH);
    c12.intoArray(c, c0 + stride + 2 * WIDTH);
    c20.intoArray(c, c0 + 2 * stride);
    c21.intoArray(c, c0 + 2 * stride + WIDTH);
    c22.intoArray(c, c0 + 2 * stride + 2 * WIDTH);
    c30.intoArray(c, c0 + 3 * stride);
    c31.intoArray(c, c0 + 3 * stride + WIDTH);
    c32.intoArray(c, c0 + 3 * stride + 2 * WIDTH);
  }

  private static void threeByThree(
      int k, float[] a, int a0, float[] x, int[] offsets, int p, float[] c, int c0, int stride) {
    FloatVector c00 = FloatVector.zero(FLOATS);
    FloatVector c01 = c00;
    FloatVector c02 = c00;
    FloatVector c10 = c00;
    FloatVector c11 = c00;
    FloatVector c12 = c00;
    FloatVector c20 = c00;
    FloatVector c21 = c00;
    FloatVector c22 = c00;
    for (int l = 0; l < k; l++, a0 += 3) {
      int from = offsets[l] + p;
      FloatVector v0 = FloatVector.fromArray(FLOATS, x, from);
      FloatVector v1 = FloatVector.fromArray(FLOATS, x, from + WIDTH);
      FloatVector v2 = FloatVector.fromArray(FLOATS, x, from + 2 * WIDTH);
      FloatVector w = FloatVector.broadcast(FLOATS, a[a0]);
      c00 = w.fma(v0, c00);
      c01 = w.fma(v1, c01);
      c02 = w.fma(v2, c02);
      w = FloatVector.broadcast(FLOATS, a[a0 + 1]);
      c10 = w.fma(v0, c10);
      c11 = w.fma(v1, c11);
      c12 = w.fma(v2, c12);
      w = FloatVector.broadcast(FLOATS, a[a0 + 2]);
      c20 = w.fma(v0, c20);
      c21 = w.fma(v1, c21);
      c22 = w.fma(v2, c22);
    }
    c00.intoArray(c, c0);
    c01.intoArray(c, c0 + WIDTH);
    c02.intoArray(c, c0 + 2 * WIDTH);
    c10.intoArray(c, c0 + stride);
    c11.intoArray(c, c0 + stride + WIDTH);
    c12.intoArray(c, c0 + stride + 2 * WIDTH);
    c20.intoArray(c, c0 + 2 * stride);
    c21.intoArray(c, c0 + 2 * stride + WIDTH);
    c22.intoArray(c, c0 + 2 * stride + 2 * WIDTH);
  }
}
