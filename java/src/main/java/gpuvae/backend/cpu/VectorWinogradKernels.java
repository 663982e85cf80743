package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * The transforms of {@link Winograd} with the Vector API: columns of a few channels, to a scratch
 * array, then rows. C2 does not inline more than that into one method.
 */
final class VectorWinogradKernels implements WinogradKernels {
  private static final int WIDTH = FLOATS.length();

  /** Lanes of two vectors by turns: those of the first halves, and of the second ones. */
  private static final VectorShuffle<Float> FIRST_HALF = VectorShuffle.fromOp(FLOATS, i -> i / 2);

  private static final VectorShuffle<Float> SECOND_HALF =
      VectorShuffle.fromOp(FLOATS, i -> WIDTH / 2 + i / 2);

  private static final VectorMask<Float> ODD_LANES =
      VectorMask.fromLong(FLOATS, 0xAAAA_AAAA_AAAA_AAAAL);

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
    for (int j = 0; j < n; j += WIDTH) {
      for (int channel = 0; channel < channels; channel += CHANNELS) {
        int count = Math.min(CHANNELS, channels - channel);
        int to = v0 + channel * Winograd.BLOCK + j;
        for (int i = 0; i < 4; i++) {
          inputColumn(count, x, offsets, Winograd.PLACES * channel + i, p + j, scratch, i);
        }
        for (int i = 0; i < 4; i++) {
          inputRow(count, n - j, scratch, 4 * i * WIDTH, v, to + 4 * i * stride, stride);
        }
      }
    }
  }

  private static void inputColumn(
      int channels, float[] x, int[] offsets, int first, int p, float[] scratch, int column) {
    for (int c = 0; c < channels; c++) {
      int at = first + c * Winograd.PLACES;
      int to = (c * Winograd.PLACES + column) * WIDTH;
      FloatVector d0 = FloatVector.fromArray(FLOATS, x, offsets[at] + p);
      FloatVector d1 = FloatVector.fromArray(FLOATS, x, offsets[at + 4] + p);
      FloatVector d2 = FloatVector.fromArray(FLOATS, x, offsets[at + 8] + p);
      FloatVector d3 = FloatVector.fromArray(FLOATS, x, offsets[at + 12] + p);
      d0.sub(d2).intoArray(scratch, to);
      d1.add(d2).intoArray(scratch, to + 4 * WIDTH);
      d2.sub(d1).intoArray(scratch, to + 8 * WIDTH);
      d1.sub(d3).intoArray(scratch, to + 12 * WIDTH);
    }
  }

  private static void inputRow(
      int channels, int n, float[] scratch, int from, float[] v, int to, int stride) {
    VectorMask<Float> used = FLOATS.indexInRange(0, n);
    for (int c = 0; c < channels; c++) {
      FloatVector d0 = FloatVector.fromArray(FLOATS, scratch, from);
      FloatVector d1 = FloatVector.fromArray(FLOATS, scratch, from + WIDTH);
      FloatVector d2 = FloatVector.fromArray(FLOATS, scratch, from + 2 * WIDTH);
      FloatVector d3 = FloatVector.fromArray(FLOATS, scratch, from + 3 * WIDTH);
      d0.sub(d2).intoArray(v, to, used);
      d1.add(d2).intoArray(v, to + stride, used);
      d2.sub(d1).intoArray(v, to + 2 * stride, used);
      d1.sub(d3).intoArray(v, to + 3 * stride, used);
      from += Winograd.PLACES * WIDTH;
      to += Winograd.BLOCK;
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
    for (int column = 0; column < columns; column += 2 * WIDTH) {
      int from = m0 + column / 2;
      for (int c = 0; c < channels; c += CHANNELS) {
        int count = Math.min(CHANNELS, channels - c);
        for (int i = 0; i < 4; i++) {
          int place = from + c * Winograd.BLOCK + i * stride;
          outputColumn(count, m, place, 4 * stride, scratch, i * WIDTH);
        }
        for (int i = 0; i < rows; i++) {
          int to = y0 + c * plane + i * width + column;
          outputRow(
              count, columns - column, scratch, 4 * i * WIDTH, added, added0 + c, y, to, plane);
        }
      }
    }
  }

  private static void outputColumn(
      int channels, float[] m, int from, int stride, float[] scratch, int to) {
    for (int c = 0; c < channels; c++) {
      FloatVector second = FloatVector.fromArray(FLOATS, m, from + stride);
      FloatVector third = FloatVector.fromArray(FLOATS, m, from + 2 * stride);
      FloatVector.fromArray(FLOATS, m, from).add(second).add(third).intoArray(scratch, to);
      second
          .sub(third)
          .sub(FloatVector.fromArray(FLOATS, m, from + 3 * stride))
          .intoArray(scratch, to + 4 * WIDTH);
      from += Winograd.BLOCK;
      to += 8 * WIDTH;
    }
  }

  private static void outputRow(
      int channels,
      int columns,
      float[] scratch,
      int from,
      float[] added,
      int added0,
      float[] y,
      int to,
      int plane) {
    VectorMask<Float> first = FLOATS.indexInRange(0, columns);
    VectorMask<Float> rest = FLOATS.indexInRange(WIDTH, columns);
    for (int c = 0; c < channels; c++) {
      float bias = added[added0 + c];
      FloatVector second = FloatVector.fromArray(FLOATS, scratch, from + WIDTH);
      FloatVector third = FloatVector.fromArray(FLOATS, scratch, from + 2 * WIDTH);
      FloatVector left =
          FloatVector.fromArray(FLOATS, scratch, from).add(second).add(third).add(bias);
      FloatVector right =
          second.sub(third).sub(FloatVector.fromArray(FLOATS, scratch, from + 3 * WIDTH)).add(bias);
      FloatVector low = left.rearrange(FIRST_HALF).blend(right.rearrange(FIRST_HALF), ODD_LANES);
      FloatVector high = left.rearrange(SECOND_HALF).blend(right.rearrange(SECOND_HALF), ODD_LANES);
      if (to + 2 * WIDTH <= y.length) {
        low.intoArray(y, to, first);
        high.intoArray(y, to + WIDTH, rest);
      } else {
        // Near the array's end a masked store checks its lanes one by one, and allocates.
        low.intoArray(scratch, from);
        high.intoArray(scratch, from + WIDTH);
        System.arraycopy(scratch, from, y, to, columns);
      }
      from += 8 * WIDTH;
      to += plane;
    }
  }

  @Override
  public void outputGradient(
      int n, int tiles, float[] dy, int dy0, int width, float[] d, int d0, int stride) {
    for (int j = 0; j < n; j += WIDTH) {
      topAndBottom(n, tiles, dy, dy0 + j, width, d, d0 + j, stride);
      sumAndDifference(n, tiles, dy, dy0 + j, width, d, d0 + j + 4 * stride, stride);
    }
  }

  private static void topAndBottom(
      int n, int tiles, float[] dy, int from, int width, float[] d, int to, int stride) {
    for (int tile = 0; tile < tiles; tile++) {
      FloatVector left = FloatVector.fromArray(FLOATS, dy, from);
      FloatVector right = FloatVector.fromArray(FLOATS, dy, from + n);
      row(left, right, d, to, stride);
      left = FloatVector.fromArray(FLOATS, dy, from + width).neg();
      right = FloatVector.fromArray(FLOATS, dy, from + width + n).neg();
      row(left, right, d, to + 12 * stride, stride);
      from += 2 * n;
      to += n;
    }
  }

  private static void sumAndDifference(
      int n, int tiles, float[] dy, int from, int width, float[] d, int to, int stride) {
    for (int tile = 0; tile < tiles; tile++) {
      FloatVector topLeft = FloatVector.fromArray(FLOATS, dy, from);
      FloatVector topRight = FloatVector.fromArray(FLOATS, dy, from + n);
      FloatVector bottomLeft = FloatVector.fromArray(FLOATS, dy, from + width);
      FloatVector bottomRight = FloatVector.fromArray(FLOATS, dy, from + width + n);
      row(topLeft.add(bottomLeft), topRight.add(bottomRight), d, to, stride);
      row(topLeft.sub(bottomLeft), topRight.sub(bottomRight), d, to + 4 * stride, stride);
      from += 2 * n;
      to += n;
    }
  }

  private static void row(FloatVector left, FloatVector right, float[] d, int to, int stride) {
    left.intoArray(d, to);
    left.add(right).intoArray(d, to + stride);
    left.sub(right).intoArray(d, to + 2 * stride);
    right.neg().intoArray(d, to + 3 * stride);
  }
}
