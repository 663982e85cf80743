package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;
import static gpuvae.backend.cpu.WinogradFactors.*;

import jdk.incubator.vector.FloatVector;

/**
 * The transforms of {@link Winograd} with the Vector API: columns of a few channels, to a scratch
 * array, then rows. A line's vectors stay within one method, and this is called at one place: where
 * C2 inlines it twice, it gives up halfway, and vectors are on the heap.
 */
final class VectorWinogradKernels implements WinogradKernels {
  private static final int WIDTH = FLOATS.length();
  private static final int FIRST = CacheLines.FIRST;

  /** What is added to columns. */
  private static final float[] NOTHING = CacheLines.floats(CHANNELS);

  @Override
  public void input(
      int n, float[] x, int[] offsets, float[] v, int v0, int stride, float[] scratch) {
    for (int j = 0; j < n; j += CHANNELS) {
      int count = Math.min(CHANNELS, n - j);
      for (int line = 0; line < 12; line++) {
        boolean column = line < 6;
        int from = FIRST + 6 * (line - 6) * CHANNELS;
        inputLine(
            count,
            column ? x : scratch,
            column ? offsets[line] + j : from,
            column ? offsets[6 + line] + j : from + CHANNELS,
            column ? offsets[12 + line] + j : from + 2 * CHANNELS,
            column ? offsets[18 + line] + j : from + 3 * CHANNELS,
            column ? offsets[24 + line] + j : from + 4 * CHANNELS,
            column ? offsets[30 + line] + j : from + 5 * CHANNELS,
            column ? scratch : v,
            column ? FIRST + line * CHANNELS : v0 + 6 * (line - 6) * stride + j,
            column ? 6 * CHANNELS : stride);
      }
    }
  }

  private static void inputLine(
      int n,
      float[] x,
      int x0,
      int x1,
      int x2,
      int x3,
      int x4,
      int x5,
      float[] to,
      int at,
      int stride) {
    for (int j = 0; j < n; j += WIDTH, at += WIDTH) {
      FloatVector d0 = load(x, x0 + j);
      FloatVector d1 = load(x, x1 + j);
      FloatVector d2 = load(x, x2 + j);
      FloatVector d3 = load(x, x3 + j);
      FloatVector d4 = load(x, x4 + j);
      FloatVector d5 = load(x, x5 + j);
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
  }

  @Override
  public void outputGradient(
      int n, float[] dy, int[] offsets, float[] d, int d0, int stride, float[] scratch) {
    for (int j = 0; j < n; j += CHANNELS) {
      int count = Math.min(CHANNELS, n - j);
      for (int line = 0; line < 10; line++) {
        boolean column = line < 4;
        int from = FIRST + 4 * (line - 4) * CHANNELS;
        outputGradientLine(
            count,
            column ? dy : scratch,
            column ? offsets[line] + j : from,
            column ? offsets[4 + line] + j : from + CHANNELS,
            column ? offsets[8 + line] + j : from + 2 * CHANNELS,
            column ? offsets[12 + line] + j : from + 3 * CHANNELS,
            column ? scratch : d,
            column ? FIRST + line * CHANNELS : d0 + 6 * (line - 4) * stride + j,
            column ? 4 * CHANNELS : stride);
      }
    }
  }

  private static void outputGradientLine(
      int n, float[] dy, int p0, int p1, int p2, int p3, float[] to, int at, int stride) {
    for (int j = 0; j < n; j += WIDTH, at += WIDTH) {
      FloatVector y0 = load(dy, p0 + j);
      FloatVector y1 = load(dy, p1 + j);
      FloatVector y2 = load(dy, p2 + j);
      FloatVector y3 = load(dy, p3 + j);
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
    for (int j = 0; j < n; j += CHANNELS) {
      int count = Math.min(CHANNELS, n - j);
      for (int line = 0; line < 10; line++) {
        boolean column = line < 6;
        int to = FIRST + line * CHANNELS;
        int pixel = 4 * (line - 6);
        outputLine(
            count,
            column ? m : scratch,
            column ? m0 + line * stride + j : FIRST + 6 * (line - 6) * CHANNELS,
            column ? 6 * stride : CHANNELS,
            column ? NOTHING : added,
            column ? FIRST : FIRST + j,
            column ? scratch : y,
            column ? to : offsets[pixel] + j,
            column ? to + 6 * CHANNELS : offsets[pixel + 1] + j,
            column ? to + 12 * CHANNELS : offsets[pixel + 2] + j,
            column ? to + 18 * CHANNELS : offsets[pixel + 3] + j);
      }
    }
  }

  private static void outputLine(
      int n,
      float[] m,
      int from,
      int step,
      float[] added,
      int added0,
      float[] y,
      int y0,
      int y1,
      int y2,
      int y3) {
    for (int j = 0; j < n; j += WIDTH, from += WIDTH) {
      FloatVector bias = load(added, added0 + j);
      FloatVector m1 = load(m, from + step);
      FloatVector m2 = load(m, from + 2 * step);
      FloatVector m3 = load(m, from + 3 * step);
      FloatVector m4 = load(m, from + 4 * step);
      FloatVector nearSum = m1.add(m2);
      FloatVector nearDifference = m1.sub(m2);
      FloatVector farSum = m3.add(m4);
      FloatVector farDifference = m3.sub(m4);
      load(m, from).add(nearSum).add(farSum).add(bias).intoArray(y, y0 + j);
      fma(farDifference, FAR, nearDifference.mul(NEAR)).add(bias).intoArray(y, y1 + j);
      fma(farSum, FAR_2, nearSum.mul(NEAR_2)).add(bias).intoArray(y, y2 + j);
      fma(farDifference, FAR_3, fma(nearDifference, NEAR_3, load(m, from + 5 * step)))
          .add(bias)
          .intoArray(y, y3 + j);
    }
  }

  @Override
  public void filter(
      int n, float[] g, int g0, int step, float[] u, int u0, int stride, float[] scratch) {
    for (int j = 0; j < n; j += WIDTH) {
      for (int line = 0; line < 9; line++) {
        boolean column = line < 3;
        filterLine(
            column ? g : scratch,
            column ? g0 + line * step + j : FIRST + 3 * (line - 3) * WIDTH,
            column ? 3 * step : WIDTH,
            column ? scratch : u,
            column ? FIRST + line * WIDTH : u0 + 6 * (line - 3) * stride + j,
            column ? 3 * WIDTH : stride);
      }
    }
  }

  private static void filterLine(float[] g, int from, int step, float[] to, int at, int stride) {
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
      for (int line = 0; line < 9; line++) {
        boolean column = line < 6;
        filterGradientLine(
            column ? m : scratch,
            column ? m0 + line * stride + j : FIRST + 6 * (line - 6) * WIDTH,
            column ? 6 * stride : WIDTH,
            column ? scratch : g,
            column ? FIRST + line * WIDTH : g0 + 3 * (line - 6) * n + j,
            column ? 6 * WIDTH : n);
      }
    }
  }

  private static void filterGradientLine(
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
