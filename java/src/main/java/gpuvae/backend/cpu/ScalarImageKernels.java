package gpuvae.backend.cpu;

import static java.lang.Math.fma;

import java.util.Arrays;

/** The inner loops of convolutional layers without the Vector API. */
final class ScalarImageKernels implements ImageKernels {
  private static final int TILE_COLUMNS = 8;
  private static final int GRADIENT_COLUMNS = 4;

  private final WinogradKernels winograd = new ScalarWinogradKernels();

  @Override
  public WinogradKernels winograd() {
    return winograd;
  }

  @Override
  public int tileRows() {
    return 1;
  }

  @Override
  public int tileColumns() {
    return TILE_COLUMNS;
  }

  @Override
  public int gradientColumns() {
    return GRADIENT_COLUMNS;
  }

  /** Four columns at a time: chains that do not wait for each other. */
  @Override
  public void tile(
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
    for (int j = 0; j < columns; j += 4) {
      float sum0 = 0;
      float sum1 = 0;
      float sum2 = 0;
      float sum3 = 0;
      for (int l = 0; l < k; l++) {
        float w = a[a0 + l];
        int from = offsets[l] + p + j;
        sum0 = fma(w, x[from], sum0);
        sum1 = fma(w, x[from + 1], sum1);
        sum2 = fma(w, x[from + 2], sum2);
        sum3 = fma(w, x[from + 3], sum3);
      }
      c[c0 + j] = sum0;
      c[c0 + j + 1] = sum1;
      c[c0 + j + 2] = sum2;
      c[c0 + j + 3] = sum3;
    }
  }

  @Override
  public void products(
      int rows,
      int depth,
      float[] x,
      int x0,
      int[] offsets,
      int step,
      float[] b,
      int b0,
      int columns,
      float[] g,
      int g0,
      boolean add) {
    if (!add) {
      Arrays.fill(g, g0, g0 + rows * columns, 0);
    }
    for (int l = 0; l < rows; l++) {
      for (int j = 0; j < columns; j += GRADIENT_COLUMNS) {
        float sum0 = 0;
        float sum1 = 0;
        float sum2 = 0;
        float sum3 = 0;
        int from = x0 + offsets[l];
        for (int p = 0, at = b0 + j; p < depth; p++, at += columns, from += step) {
          float value = x[from];
          sum0 = fma(value, b[at], sum0);
          sum1 = fma(value, b[at + 1], sum1);
          sum2 = fma(value, b[at + 2], sum2);
          sum3 = fma(value, b[at + 3], sum3);
        }
        int to = g0 + l * columns + j;
        g[to] += sum0;
        g[to + 1] += sum1;
        g[to + 2] += sum2;
        g[to + 3] += sum3;
      }
    }
  }

  @Override
  public void copyRows(
      int rows,
      int columns,
      float[] source,
      int sourceOffset,
      int sourceStride,
      float added,
      float[] target,
      int targetOffset,
      int targetStride) {
    for (int i = 0; i < rows; i++) {
      int from = sourceOffset + i * sourceStride;
      int to = targetOffset + i * targetStride;
      for (int j = 0; j < columns; j++) {
        target[to + j] = source[from + j] + added;
      }
    }
  }

  @Override
  public void copyEverySecond(
      int rows,
      int columns,
      float[] source,
      int sourceOffset,
      int sourceStride,
      float[] target,
      int targetOffset,
      int targetStride) {
    for (int i = 0; i < rows; i++) {
      int from = sourceOffset + i * sourceStride;
      int to = targetOffset + i * targetStride;
      for (int j = 0; j < columns; j++) {
        target[to + j] = source[from + 2 * j];
      }
    }
  }

  @Override
  public void moments(int n, float[] x, int xOffset, double[] lanes) {
    for (int i = 0; i < n; i++) {
      double value = x[xOffset + i];
      int lane = i & (Lanes.COUNT - 1);
      lanes[lane] += value;
      lanes[Lanes.COUNT + lane] = fma(value, value, lanes[Lanes.COUNT + lane]);
    }
  }

  @Override
  public void gradientMoments(
      int n, float[] x, int xOffset, float mean, float[] dy, int dyOffset, double[] lanes) {
    for (int i = 0; i < n; i++) {
      double gradient = dy[dyOffset + i];
      double deviation = x[xOffset + i] - mean;
      int lane = i & (Lanes.COUNT - 1);
      lanes[lane] += gradient;
      lanes[Lanes.COUNT + lane] = fma(gradient, deviation, lanes[Lanes.COUNT + lane]);
    }
  }

  @Override
  public void normalise(
      int n,
      float[] x,
      int xOffset,
      float mean,
      float factor,
      float shift,
      float[] residual,
      int residualOffset,
      float[] y,
      int yOffset) {
    for (int i = 0; i < n; i++) {
      float value = fma(x[xOffset + i] - mean, factor, shift);
      y[yOffset + i] = residual == null ? value : value + residual[residualOffset + i];
    }
  }

  @Override
  public void normaliseBackward(
      int n,
      float[] x,
      int xOffset,
      float mean,
      float factor,
      float dyMean,
      float slope,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset) {
    for (int i = 0; i < n; i++) {
      dx[dxOffset + i] = factor * fma(mean - x[xOffset + i], slope, dy[dyOffset + i] - dyMean);
    }
  }

  @Override
  public void maxPool(
      int rows,
      int columns,
      int size,
      float[] x,
      int xOffset,
      int width,
      float[] y,
      int yOffset,
      byte[] indices,
      int indicesOffset) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int first = xOffset + row * size * width + column * size;
        float largest = Float.NEGATIVE_INFINITY;
        int taken = 0;
        for (int i = 0; i < size * size; i++) {
          float value = x[first + i / size * width + i % size];
          if (value > largest || Float.isNaN(value)) {
            largest = value;
            taken = i;
          }
        }
        y[yOffset + row * columns + column] = largest;
        indices[indicesOffset + row * columns + column] = (byte) taken;
      }
    }
  }

  @Override
  public void add(
      int n, float[] x, int xOffset, float[] y, int yOffset, float[] sum, int sumOffset) {
    for (int i = 0; i < n; i++) {
      sum[sumOffset + i] = x[xOffset + i] + y[yOffset + i];
    }
  }
}
