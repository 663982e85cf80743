package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * {@link ImageKernels#products} in registers: three rows by four vectors where there are 32 of them
 * and as many columns, else six by two.
 */
final class VectorProducts {
  private static final int WIDTH = FLOATS.length();
  private static final int WIDE = FLOATS.vectorBitSize() == 512 ? 4 * WIDTH : Integer.MAX_VALUE;

  /** Columns come in multiples of this. */
  static final int COLUMNS = 2 * WIDTH;

  private VectorProducts() {}

  static void run(
      int rows,
      int positions,
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
    int column = 0;
    for (; columns - column >= WIDE; column += WIDE) {
      for (int row = 0; row < rows; row += 3) {
        int last = Math.min(3, rows - row) - 1;
        threeByFour(
            positions,
            step,
            x,
            x0 + offsets[row],
            x0 + offsets[row + Math.min(1, last)],
            x0 + offsets[row + Math.min(2, last)],
            b,
            b0 + column,
            columns,
            g,
            g0 + row * columns + column,
            last + 1);
      }
    }
    for (; column < columns; column += COLUMNS) {
      for (int row = 0; row < rows; row += 6) {
        // Rows beyond the last are computed from the last again, and not added.
        int last = Math.min(6, rows - row) - 1;
        sixByTwo(
            positions,
            step,
            x,
            x0 + offsets[row],
            x0 + offsets[row + Math.min(1, last)],
            x0 + offsets[row + Math.min(2, last)],
            x0 + offsets[row + Math.min(3, last)],
            x0 + offsets[row + Math.min(4, last)],
            x0 + offsets[row + Math.min(5, last)],
            b,
            b0 + column,
            columns,
            g,
            g0 + row * columns + column,
            last + 1);
      }
    }
  }

  private static void threeByFour(
      int positions,
      int step,
      float[] x,
      int x0,
      int x1,
      int x2,
      float[] b,
      int b0,
      int columns,
      float[] g,
      int g0,
      int rows) {
    FloatVector g00 = FloatVector.zero(FLOATS);
    FloatVector g01 = g00;
    FloatVector g02 = g00;
    FloatVector g03 = g00;
    FloatVector g10 = g00;
    FloatVector g11 = g00;
    FloatVector g12 = g00;
    FloatVector g13 = g00;
    FloatVector g20 = g00;
    FloatVector g21 = g00;
    FloatVector g22 = g00;
    FloatVector g23 = g00;
    for (int p = 0, at = 0; p < positions; p++, at += step, b0 += columns) {
      FloatVector v0 = FloatVector.fromArray(FLOATS, b, b0);
      FloatVector v1 = FloatVector.fromArray(FLOATS, b, b0 + WIDTH);
      FloatVector v2 = FloatVector.fromArray(FLOATS, b, b0 + 2 * WIDTH);
      FloatVector v3 = FloatVector.fromArray(FLOATS, b, b0 + 3 * WIDTH);
      FloatVector s = FloatVector.broadcast(FLOATS, x[x0 + at]);
      g00 = s.fma(v0, g00);
      g01 = s.fma(v1, g01);
      g02 = s.fma(v2, g02);
      g03 = s.fma(v3, g03);
      s = FloatVector.broadcast(FLOATS, x[x1 + at]);
      g10 = s.fma(v0, g10);
      g11 = s.fma(v1, g11);
      g12 = s.fma(v2, g12);
      g13 = s.fma(v3, g13);
      s = FloatVector.broadcast(FLOATS, x[x2 + at]);
      g20 = s.fma(v0, g20);
      g21 = s.fma(v1, g21);
      g22 = s.fma(v2, g22);
      g23 = s.fma(v3, g23);
    }
    FloatVector.fromArray(FLOATS, g, g0).add(g00).intoArray(g, g0);
    FloatVector.fromArray(FLOATS, g, g0 + WIDTH).add(g01).intoArray(g, g0 + WIDTH);
    FloatVector.fromArray(FLOATS, g, g0 + 2 * WIDTH).add(g02).intoArray(g, g0 + 2 * WIDTH);
    FloatVector.fromArray(FLOATS, g, g0 + 3 * WIDTH).add(g03).intoArray(g, g0 + 3 * WIDTH);
    if (rows > 1) {
      g0 += columns;
      FloatVector.fromArray(FLOATS, g, g0).add(g10).intoArray(g, g0);
      FloatVector.fromArray(FLOATS, g, g0 + WIDTH).add(g11).intoArray(g, g0 + WIDTH);
      FloatVector.fromArray(FLOATS, g, g0 + 2 * WIDTH).add(g12).intoArray(g, g0 + 2 * WIDTH);
      FloatVector.fromArray(FLOATS, g, g0 + 3 * WIDTH).add(g13).intoArray(g, g0 + 3 * WIDTH);
    }
    if (rows > 2) {
      g0 += columns;
      FloatVector.fromArray(FLOATS, g, g0).add(g20).intoArray(g, g0);
      FloatVector.fromArray(FLOATS, g, g0 + WIDTH).add(g21).intoArray(g, g0 + WIDTH);
      FloatVector.fromArray(FLOATS, g, g0 + 2 * WIDTH).add(g22).intoArray(g, g0 + 2 * WIDTH);
      FloatVector.fromArray(FLOATS, g, g0 + 3 * WIDTH).add(g23).intoArray(g, g0 + 3 * WIDTH);
    }
  }

  private static void sixByTwo(
      int positions,
      int step,
      float[] x,
      int x0,
      int x1,
      int x2,
      int x3,
      int x4,
      int x5,
      float[] b,
      int b0,
      int columns,
      float[] g,
      int g0,
      int rows) {
    FloatVector g00 = FloatVector.zero(FLOATS);
    FloatVector g01 = g00;
    FloatVector g10 = g00;
    FloatVector g11 = g00;
    FloatVector g20 = g00;
    FloatVector g21 = g00;
    FloatVector g30 = g00;
    FloatVector g31 = g00;
    FloatVector g40 = g00;
    FloatVector g41 = g00;
    FloatVector g50 = g00;
    FloatVector g51 = g00;
    for (int p = 0, at = 0; p < positions; p++, at += step, b0 += columns) {
      FloatVector v0 = FloatVector.fromArray(FLOATS, b, b0);
      FloatVector v1 = FloatVector.fromArray(FLOATS, b, b0 + WIDTH);
      FloatVector s = FloatVector.broadcast(FLOATS, x[x0 + at]);
      g00 = s.fma(v0, g00);
      g01 = s.fma(v1, g01);
      s = FloatVector.broadcast(FLOATS, x[x1 + at]);
      g10 = s.fma(v0, g10);
      g11 = s.fma(v1, g11);
      s = FloatVector.broadcast(FLOATS, x[x2 + at]);
      g20 = s.fma(v0, g20);
      g21 = s.fma(v1, g21);
      s = FloatVector.broadcast(FLOATS, x[x3 + at]);
      g30 = s.fma(v0, g30);
      g31 = s.fma(v1, g31);
      s = FloatVector.broadcast(FLOATS, x[x4 + at]);
      g40 = s.fma(v0, g40);
      g41 = s.fma(v1, g41);
      s = FloatVector.broadcast(FLOATS, x[x5 + at]);
      g50 = s.fma(v0, g50);
      g51 = s.fma(v1, g51);
    }
    FloatVector.fromArray(FLOATS, g, g0).add(g00).intoArray(g, g0);
    FloatVector.fromArray(FLOATS, g, g0 + WIDTH).add(g01).intoArray(g, g0 + WIDTH);
    if (rows > 1) {
      g0 += columns;
      FloatVector.fromArray(FLOATS, g, g0).add(g10).intoArray(g, g0);
      FloatVector.fromArray(FLOATS, g, g0 + WIDTH).add(g11).intoArray(g, g0 + WIDTH);
    }
    if (rows > 2) {
      g0 += columns;
      FloatVector.fromArray(FLOATS, g, g0).add(g20).intoArray(g, g0);
      FloatVector.fromArray(FLOATS, g, g0 + WIDTH).add(g21).intoArray(g, g0 + WIDTH);
    }
    if (rows > 3) {
      g0 += columns;
      FloatVector.fromArray(FLOATS, g, g0).add(g30).intoArray(g, g0);
      FloatVector.fromArray(FLOATS, g, g0 + WIDTH).add(g31).intoArray(g, g0 + WIDTH);
    }
    if (rows > 4) {
      g0 += columns;
      FloatVector.fromArray(FLOATS, g, g0).add(g40).intoArray(g, g0);
      FloatVector.fromArray(FLOATS, g, g0 + WIDTH).add(g41).intoArray(g, g0 + WIDTH);
    }
    if (rows > 5) {
      g0 += columns;
      FloatVector.fromArray(FLOATS, g, g0).add(g50).intoArray(g, g0);
      FloatVector.fromArray(FLOATS, g, g0 + WIDTH).add(g51).intoArray(g, g0 + WIDTH);
    }
  }
}
