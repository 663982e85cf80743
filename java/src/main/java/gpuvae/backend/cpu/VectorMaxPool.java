package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link ImageKernels#maxPool} of windows of 2 x 2, a vector of them at a time. */
final class VectorMaxPool {
  private static final int WIDTH = FLOATS.length();

  /** As many bytes as floats make a vector: not with 128 bits. */
  static final boolean FITS = WIDTH >= 8;

  private static final VectorSpecies<Byte> BYTES =
      WIDTH == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  private VectorMaxPool() {}

  /**
   * The first rows of windows: a vector writes beyond its row, what the next rows then write again,
   * so the last rows are left.
   *
   * @return how many rows were done
   */
  static int rows(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int width,
      float[] y,
      int yOffset,
      byte[] indices,
      int indicesOffset) {
    int beyond = Math.ceilDiv(columns, WIDTH) * WIDTH;
    int row = 0;
    for (; row * columns + beyond <= rows * columns; row++) {
      for (int column = 0; column < columns; column += WIDTH) {
        int from = xOffset + 2 * (row * width + column);
        int to = row * columns + column;
        windows(x, from, width, y, yOffset + to, indices, indicesOffset + to);
      }
    }
    return row;
  }

  private static void windows(
      float[] x, int top, int width, float[] y, int yOffset, byte[] indices, int indicesOffset) {
    int bottom = top + width;
    FloatVector t0 = FloatVector.fromArray(FLOATS, x, top);
    FloatVector t1 = FloatVector.fromArray(FLOATS, x, top + WIDTH);
    FloatVector b0 = FloatVector.fromArray(FLOATS, x, bottom);
    FloatVector b1 = FloatVector.fromArray(FLOATS, x, bottom + WIDTH);
    FloatVector largest = EverySecond.even(t0, t1);
    FloatVector index = FloatVector.zero(FLOATS);

    FloatVector v = EverySecond.odd(t0, t1);
    VectorMask<Float> taken = taken(v, largest);
    largest = largest.blend(v, taken);
    index = index.blend(1, taken);

    v = EverySecond.even(b0, b1);
    taken = taken(v, largest);
    largest = largest.blend(v, taken);
    index = index.blend(2, taken);

    v = EverySecond.odd(b0, b1);
    taken = taken(v, largest);
    largest.blend(v, taken).intoArray(y, yOffset);
    index = index.blend(3, taken);
    ((ByteVector) index.convertShape(VectorOperators.F2B, BYTES, 0))
        .intoArray(indices, indicesOffset);
  }

  /** Larger, or NaN. */
  private static VectorMask<Float> taken(FloatVector v, FloatVector largest) {
    return v.compare(VectorOperators.GT, largest).or(v.test(VectorOperators.IS_NAN));
  }
}
