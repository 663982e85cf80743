package gpuvae.backend.cpu;

/** The transforms of {@link Winograd} without the Vector API. */
final class ScalarWinogradKernels implements WinogradKernels {
  @Override
  public void input(
      int channels,
      int n,
      float[] x,
      int[] offsets,
      int p,
      float[] v,
      int v0,
      int stride,
      float[] scratch) {
    for (int channel = 0; channel < channels; channel++) {
      int first = Winograd.PLACES * channel;
      int place0 = v0 + channel * Winograd.BLOCK;
      for (int j = 0; j < n; j++) {
        for (int s = 0; s < 4; s++) {
          float d0 = x[offsets[first + s] + p + j];
          float d1 = x[offsets[first + 4 + s] + p + j];
          float d2 = x[offsets[first + 8 + s] + p + j];
          float d3 = x[offsets[first + 12 + s] + p + j];
          scratch[s] = d0 - d2;
          scratch[4 + s] = d1 + d2;
          scratch[8 + s] = d2 - d1;
          scratch[12 + s] = d1 - d3;
        }
        for (int r = 0; r < 4; r++) {
          float d0 = scratch[4 * r];
          float d1 = scratch[4 * r + 1];
          float d2 = scratch[4 * r + 2];
          float d3 = scratch[4 * r + 3];
          int to = place0 + 4 * r * stride + j;
          v[to] = d0 - d2;
          v[to + stride] = d1 + d2;
          v[to + 2 * stride] = d2 - d1;
          v[to + 3 * stride] = d1 - d3;
        }
      }
    }
  }

  @Override
  public void output(
      int channels,
      int columns,
      int rows,
      float[] m,
      int m0,
      int stride,
      float[] added,
      int added0,
      float[] y,
      int y0,
      int plane,
      int width,
      float[] scratch) {
    for (int channel = 0; channel < channels; channel++) {
      int place0 = m0 + channel * Winograd.BLOCK;
      for (int column = 0; column < columns; column += 2) {
        for (int s = 0; s < 4; s++) {
          int from = place0 + s * stride + column / 2;
          float second = m[from + 4 * stride];
          float third = m[from + 8 * stride];
          scratch[s] = m[from] + second + third;
          scratch[4 + s] = second - third - m[from + 12 * stride];
        }
        for (int r = 0; r < rows; r++) {
          float second = scratch[4 * r + 1];
          float third = scratch[4 * r + 2];
          int to = y0 + channel * plane + r * width + column;
          y[to] = scratch[4 * r] + second + third + added[added0 + channel];
          if (column + 1 < columns) {
            y[to + 1] = second - third - scratch[4 * r + 3] + added[added0 + channel];
          }
        }
      }
    }
  }

  @Override
  public void outputGradient(
      int n, int tiles, float[] dy, int dy0, int width, float[] d, int d0, int stride) {
    for (int tile = 0; tile < tiles; tile++) {
      for (int j = 0; j < n; j++) {
        int from = dy0 + 2 * tile * n + j;
        float topLeft = dy[from];
        float topRight = dy[from + n];
        float bottomLeft = dy[from + width];
        float bottomRight = dy[from + width + n];
        int to = d0 + tile * n + j;
        row(topLeft, topRight, d, to, stride);
        row(topLeft + bottomLeft, topRight + bottomRight, d, to + 4 * stride, stride);
        row(topLeft - bottomLeft, topRight - bottomRight, d, to + 8 * stride, stride);
        row(-bottomLeft, -bottomRight, d, to + 12 * stride, stride);
      }
    }
  }

  private static void row(float left, float right, float[] d, int to, int stride) {
    d[to] = left;
    d[to + stride] = left + right;
    d[to + 2 * stride] = left - right;
    d[to + 3 * stride] = -right;
  }
}
