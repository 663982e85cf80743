package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;
import static gpuvae.backend.cpu.WinogradFactors.*;

import jdk.incubator.vector.FloatVector;

/**
 * The transforms of {@link Winograd} with the Vector API: columns, to a scratch array, then rows.
 * C2 does not inline more than one of the two into one method.
 */
final class VectorWinogradKernels implements WinogradKernels {
  private static final int WIDTH = FLOATS.length();

  @Override
  public void input(
      int n, float[] x, int[] offsets, float[] v, int v0, int stride, float[] scratch) {
    for (int j = 0; j < n; j += WIDTH) {
      inputColumns(x, offsets, j, scratch);
      inputRows(scratch, v, v0 + j, stride);
    }
  }

  private static void inputColumns(float[] x, int[] offsets, int j, float[] to) {
    for (int s = 0; s < 6; s++) {
      FloatVector d0 = load(x, offsets[s] + j);
      FloatVector d1 = load(x, offsets[6 + s] + j);
      FloatVector d2 = load(x, offsets[12 + s] + j);
      FloatVector d3 = load(x, offsets[18 + s] + j);
      FloatVector d4 = load(x, offsets[24 + s] + j);
      FloatVector d5 = load(x, offsets[30 + s] + j);
      input(d0, d1, d2, d3, d4, d5, to, s * WIDTH, 6 * WIDTH);
    }
  }

  private static void inputRows(float[] scratch, float[] v, int v0, int stride) {
    for (int r = 0; r < 6; r++) {
      int from = 6 * r * WIDTH;
      FloatVector d0 = load(scratch, from);
      FloatVector d1 = load(scratch, from + WIDTH);
      FloatVector d2 = load(scratch, from + 2 * WIDTH);
      FloatVector d3 = load(scratch, from + 3 * WIDTH);
      FloatVector d4 = load(scratch, from + 4 * WIDTH);
      FloatVector d5 = load(scratch, from + 5 * WIDTH);
      input(d0, d1, d2, d3, d4, d5, v, v0 + 6 * r * stride, stride);
    }
  }

  private static void input(
      FloatVector d0,
      FloatVector d1,
      FloatVector d2,
      FloatVector d3,
      FloatVector d4,
      FloatVector d5,
      float[] to,
      int at,
      int stride) {
    FloatVector even = fma(d2, -FAR_2, d4);
    FloatVector odd = fma(d1, -FAR_2, d3);
    fma(d0, NEAR_2 * FAR_2, fma(d2, -(NEAR_2 + FAR_2), d4)).intoArray(to, at);
    fma(odd, NEAR, even).intoArray(to, at + stride);
    fma(odd, -NEAR, even).intoArray(to, at + 2 * stride);
    even = fma(d2, -NEAR_2, d4);
    odd = fma(d1, -NEAR_2, d3);
    fma(odd, FAR, even).intoArray(to, at + 3 * stride);
    fma(odd, -FAR, even).intoArray(to, at + 4 * stride);
    fma(d1, NEAR_2 * FAR_2, fma(d3, -(NEAR_2 + FAR_2), d5)).intoArray(to, at + 5 * stride);
  }

  @Override
  public void outputGradient(
      int n, float[] dy, int[] offsets, float[] d, int d0, int stride, float[] scratch) {
    for (int j = 0; j < n; j += WIDTH) {
      outputGradientColumns(dy, offsets, j, scratch);
      outputGradientRows(scratch, d, d0 + j, stride);
    }
  }

  private static void outputGradientColumns(float[] dy, int[] offsets, int j, float[] to) {
    for (int s = 0; s < 4; s++) {
      FloatVector y0 = load(dy, offsets[s] + j);
      FloatVector y1 = load(dy, offsets[4 + s] + j);
      FloatVector y2 = load(dy, offsets[8 + s] + j);
      FloatVector y3 = load(dy, offsets[12 + s] + j);
      outputGradient(y0, y1, y2, y3, to, s * WIDTH, 4 * WIDTH);
    }
  }

  private static void outputGradientRows(float[] scratch, float[] d, int d0, int stride) {
    for (int r = 0; r < 6; r++) {
      int from = 4 * r * WIDTH;
      FloatVector y0 = load(scratch, from);
      FloatVector y1 = load(scratch, from + WIDTH);
      FloatVector y2 = load(scratch, from + 2 * WIDTH);
      FloatVector y3 = load(scratch, from + 3 * WIDTH);
      outputGradient(y0, y1, y2, y3, d, d0 + 6 * r * stride, stride);
    }
  }

  private static void outputGradient(
      FloatVector y0,
      FloatVector y1,
      FloatVector y2,
      FloatVector y3,
      float[] to,
      int at,
      int stride) {
    FloatVector even = fma(y2, NEAR_2, y0);
    FloatVector odd = fma(y3, NEAR_2, y1);
    y0.intoArray(to, at);
    fma(odd, NEAR, even).intoArray(to, at + stride);
    fma(odd, -NEAR, even).intoArray(to, at + 2 * stride);
    even = fma(y2, FAR_2, y0);
    odd = fma(y3, FAR_2, y1);
    fma(odd, FAR, even).intoArray(to, at + 3 * stride);
    fma(odd, -FAR, even).intoArray(to, at + 4 * stride);
    y3.intoArray(to, at + 5 * stride);
  }

  @Override
  public void output(
      int n,
      float[] m,
      int m0,
      int stride,
      float[] added,
      float[] y,
      int[] offsets,
      float[] scratch) {
    for (int j = 0; j < n; j += WIDTH) {
      outputColumns(m, m0 + j, stride, scratch);
      outputRows(scratch, added, y, offsets, j);
    }
  }

  private static void outputColumns(float[] m, int m0, int stride, float[] to) {
    for (int s = 0; s < 6; s++) {
      int from = m0 + s * stride;
      FloatVector m1 = load(m, from + 6 * stride);
      FloatVector m2 = load(m, from + 12 * stride);
      FloatVector m3 = load(m, from + 18 * stride);
      FloatVector m4 = load(m, from + 24 * stride);
      FloatVector nearSum = m1.add(m2);
      FloatVector nearDifference = m1.sub(m2);
      FloatVector farSum = m3.add(m4);
      FloatVector farDifference = m3.sub(m4);
      load(m, from).add(nearSum).add(farSum).intoArray(to, s * WIDTH);
      fma(farDifference, FAR, nearDifference.mul(NEAR)).intoArray(to, (6 + s) * WIDTH);
      fma(farSum, FAR_2, nearSum.mul(NEAR_2)).intoArray(to, (12 + s) * WIDTH);
      fma(farDifference, FAR_3, fma(nearDifference, NEAR_3, load(m, from + 30 * stride)))
          .intoArray(to, (18 + s) * WIDTH);
    }
  }

  private static void outputRows(float[] scratch, float[] added, float[] y, int[] offsets, int j) {
    FloatVector bias = load(added, j);
    for (int r = 0; r < 4; r++) {
      int from = 6 * r * WIDTH;
      FloatVector m1 = load(scratch, from + WIDTH);
      FloatVector m2 = load(scratch, from + 2 * WIDTH);
      FloatVector m3 = load(scratch, from + 3 * WIDTH);
      FloatVector m4 = load(scratch, from + 4 * WIDTH);
      FloatVector nearSum = m1.add(m2);
      FloatVector nearDifference = m1.sub(m2);
      FloatVector farSum = m3.add(m4);
      FloatVector farDifference = m3.sub(m4);
      load(scratch, from).add(nearSum).add(farSum).add(bias).intoArray(y, offsets[4 * r] + j);
      fma(farDifference, FAR, nearDifference.mul(NEAR))
          .add(bias)
          .intoArray(y, offsets[4 * r + 1] + j);
      fma(farSum, FAR_2, nearSum.mul(NEAR_2)).add(bias).intoArray(y, offsets[4 * r + 2] + j);
      fma(farDifference, FAR_3, fma(nearDifference, NEAR_3, load(scratch, from + 5 * WIDTH)))
          .add(bias)
          .intoArray(y, offsets[4 * r + 3] + j);
    }
  }

  @Override
  public void filter(
      int n, float[] g, int g0, int step, float[] u, int u0, int stride, float[] scratch) {
    for (int j = 0; j < n; j += WIDTH) {
      for (int s = 0; s < 3; s++) {
        filter(g, g0 + s * step + j, 3 * step, scratch, s * WIDTH, 3 * WIDTH);
      }
      for (int r = 0; r < 6; r++) {
        filter(scratch, 3 * r * WIDTH, WIDTH, u, u0 + 6 * r * stride + j, stride);
      }
    }
  }

  private static void filter(float[] g, int from, int step, float[] to, int at, int stride) {
    FloatVector g0 = load(g, from);
    FloatVector g1 = load(g, from + step);
    FloatVector g2 = load(g, from + 2 * step);
    FloatVector even = fma(g2, NEAR_2, g0).mul(AT_NEAR);
    FloatVector odd = g1.mul(NEAR * AT_NEAR);
    g0.mul(AT_ZERO).intoArray(to, at);
    even.add(odd).intoArray(to, at + stride);
    even.sub(odd).intoArray(to, at + 2 * stride);
    even = fma(g2, FAR_2, g0).mul(AT_FAR);
    odd = g1.mul(FAR * AT_FAR);
    even.add(odd).intoArray(to, at + 3 * stride);
    even.sub(odd).intoArray(to, at + 4 * stride);
    g2.intoArray(to, at + 5 * stride);
  }

  @Override
  public void filterGradient(
      int n, float[] m, int m0, int stride, float[] g, int g0, float[] scratch) {
    for (int j = 0; j < n; j += WIDTH) {
      for (int s = 0; s < 6; s++) {
        filterGradient(m, m0 + s * stride + j, 6 * stride, scratch, s * WIDTH, 6 * WIDTH);
      }
      for (int r = 0; r < 3; r++) {
        filterGradient(scratch, 6 * r * WIDTH, WIDTH, g, g0 + 3 * r * n + j, n);
      }
    }
  }

  private static void filterGradient(
      float[] m, int from, int step, float[] to, int at, int stride) {
    FloatVector m1 = load(m, from + step);
    FloatVector m2 = load(m, from + 2 * step);
    FloatVector m3 = load(m, from + 3 * step);
    FloatVector m4 = load(m, from + 4 * step);
    FloatVector near = m1.add(m2).mul(AT_NEAR);
    FloatVector far = m3.add(m4).mul(AT_FAR);
    fma(load(m, from), AT_ZERO, near.add(far)).intoArray(to, at);
    fma(m1.sub(m2), NEAR * AT_NEAR, m3.sub(m4).mul(FAR * AT_FAR)).intoArray(to, at + stride);
    fma(near, NEAR_2, fma(far, FAR_2, load(m, from + 5 * step))).intoArray(to, at + 2 * stride);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(FLOATS, x, at);
  }

  private static FloatVector fma(FloatVector x, float factor, FloatVector added) {
    return x.fma(FloatVector.broadcast(FLOATS, factor), added);
  }
}
