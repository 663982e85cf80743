package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.WinogradFactors.*;
import static java.lang.Math.fma;

/** The transforms of {@link Winograd} without the Vector API. */
final class ScalarWinogradKernels implements WinogradKernels {
  @Override
  public void input(
      int n, float[] x, int[] offsets, float[] v, int v0, int stride, float[] scratch) {
    for (int j = 0; j < n; j++) {
      for (int s = 0; s < 6; s++) {
        input(
            x[offsets[s] + j],
            x[offsets[6 + s] + j],
            x[offsets[12 + s] + j],
            x[offsets[18 + s] + j],
            x[offsets[24 + s] + j],
            x[offsets[30 + s] + j],
            scratch,
            s,
            6);
      }
      for (int r = 0; r < 6; r++) {
        input(
            scratch[6 * r],
            scratch[6 * r + 1],
            scratch[6 * r + 2],
            scratch[6 * r + 3],
            scratch[6 * r + 4],
            scratch[6 * r + 5],
            v,
            v0 + 6 * r * stride + j,
            stride);
      }
    }
  }

  private static void input(
      float d0, float d1, float d2, float d3, float d4, float d5, float[] to, int at, int stride) {
    float even = fma(d2, -FAR_2, d4);
    float odd = fma(d1, -FAR_2, d3);
    to[at] = fma(d0, NEAR_2 * FAR_2, fma(d2, -(NEAR_2 + FAR_2), d4));
    to[at + stride] = fma(odd, NEAR, even);
    to[at + 2 * stride] = fma(odd, -NEAR, even);
    even = fma(d2, -NEAR_2, d4);
    odd = fma(d1, -NEAR_2, d3);
    to[at + 3 * stride] = fma(odd, FAR, even);
    to[at + 4 * stride] = fma(odd, -FAR, even);
    to[at + 5 * stride] = fma(d1, NEAR_2 * FAR_2, fma(d3, -(NEAR_2 + FAR_2), d5));
  }

  @Override
  public void outputGradient(
      int n, float[] dy, int[] offsets, float[] d, int d0, int stride, float[] scratch) {
    for (int j = 0; j < n; j++) {
      for (int s = 0; s < 4; s++) {
        outputGradient(
            dy[offsets[s] + j],
            dy[offsets[4 + s] + j],
            dy[offsets[8 + s] + j],
            dy[offsets[12 + s] + j],
            scratch,
            s,
            4);
      }
      for (int r = 0; r < 6; r++) {
        outputGradient(
            scratch[4 * r],
            scratch[4 * r + 1],
            scratch[4 * r + 2],
            scratch[4 * r + 3],
            d,
            d0 + 6 * r * stride + j,
            stride);
      }
    }
  }

  private static void outputGradient(
      float y0, float y1, float y2, float y3, float[] to, int at, int stride) {
    float even = fma(y2, NEAR_2, y0);
    float odd = fma(y3, NEAR_2, y1);
    to[at] = y0;
    to[at + stride] = fma(odd, NEAR, even);
    to[at + 2 * stride] = fma(odd, -NEAR, even);
    even = fma(y2, FAR_2, y0);
    odd = fma(y3, FAR_2, y1);
    to[at + 3 * stride] = fma(odd, FAR, even);
    to[at + 4 * stride] = fma(odd, -FAR, even);
    to[at + 5 * stride] = y3;
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
    for (int j = 0; j < n; j++) {
      for (int s = 0; s < 6; s++) {
        int from = m0 + s * stride + j;
        int row = 6 * stride;
        output(
            m[from],
            m[from + row],
            m[from + 2 * row],
            m[from + 3 * row],
            m[from + 4 * row],
            m[from + 5 * row],
            0,
            scratch,
            s,
            6);
      }
      for (int r = 0; r < 4; r++) {
        int from = 6 * r;
        output(
            scratch[from],
            scratch[from + 1],
            scratch[from + 2],
            scratch[from + 3],
            scratch[from + 4],
            scratch[from + 5],
            added[CacheLines.FIRST + j],
            scratch,
            from,
            1);
        for (int s = 0; s < 4; s++) {
          y[offsets[4 * r + s] + j] = scratch[from + s];
        }
      }
    }
  }

  private static void output(
      float m0,
      float m1,
      float m2,
      float m3,
      float m4,
      float m5,
      float added,
      float[] to,
      int at,
      int stride) {
    float nearSum = m1 + m2;
    float nearDifference = m1 - m2;
    float farSum = m3 + m4;
    float farDifference = m3 - m4;
    to[at] = m0 + nearSum + farSum + added;
    to[at + stride] = fma(farDifference, FAR, nearDifference * NEAR) + added;
    to[at + 2 * stride] = fma(farSum, FAR_2, nearSum * NEAR_2) + added;
    to[at + 3 * stride] = fma(farDifference, FAR_3, fma(nearDifference, NEAR_3, m5)) + added;
  }

  @Override
  public void filter(
      int n, float[] g, int g0, int step, float[] u, int u0, int stride, float[] scratch) {
    for (int j = 0; j < n; j++) {
      for (int s = 0; s < 3; s++) {
        int from = g0 + s * step + j;
        filter(g[from], g[from + 3 * step], g[from + 6 * step], scratch, s, 3);
      }
      for (int r = 0; r < 6; r++) {
        int from = 3 * r;
        int to = u0 + 6 * r * stride + j;
        filter(scratch[from], scratch[from + 1], scratch[from + 2], u, to, stride);
      }
    }
  }

  private static void filter(float g0, float g1, float g2, float[] to, int at, int stride) {
    float even = fma(g2, NEAR_2, g0) * AT_NEAR;
    float odd = g1 * (NEAR * AT_NEAR);
    to[at] = g0 * AT_ZERO;
    to[at + stride] = even + odd;
    to[at + 2 * stride] = even - odd;
    even = fma(g2, FAR_2, g0) * AT_FAR;
    odd = g1 * (FAR * AT_FAR);
    to[at + 3 * stride] = even + odd;
    to[at + 4 * stride] = even - odd;
    to[at + 5 * stride] = g2;
  }

  @Override
  public void filterGradient(
      int n, float[] m, int m0, int stride, float[] g, int g0, float[] scratch) {
    for (int j = 0; j < n; j++) {
      for (int s = 0; s < 6; s++) {
        int from = m0 + s * stride + j;
        int row = 6 * stride;
        filterGradient(
            m[from],
            m[from + row],
            m[from + 2 * row],
            m[from + 3 * row],
            m[from + 4 * row],
            m[from + 5 * row],
            scratch,
            s,
            6);
      }
      for (int r = 0; r < 3; r++) {
        int from = 6 * r;
        filterGradient(
            scratch[from],
            scratch[from + 1],
            scratch[from + 2],
            scratch[from + 3],
            scratch[from + 4],
            scratch[from + 5],
            g,
            g0 + 3 * r * n + j,
            n);
      }
    }
  }

  private static void filterGradient(
      float m0, float m1, float m2, float m3, float m4, float m5, float[] to, int at, int stride) {
    float near = (m1 + m2) * AT_NEAR;
    float far = (m3 + m4) * AT_FAR;
    to[at] = fma(m0, AT_ZERO, near + far);
    to[at + stride] = fma(m1 - m2, NEAR * AT_NEAR, (m3 - m4) * (FAR * AT_FAR));
    to[at + 2 * stride] = fma(near, NEAR_2, fma(far, FAR_2, m5));
  }
}
