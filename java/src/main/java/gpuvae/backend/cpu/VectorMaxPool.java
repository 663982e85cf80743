package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** {@link ImageKernels#maxPool} of windows of 2 x 2, a vector of them at a time. */
final class VectorMaxPool {
  private static final int WIDTH = FLOATS.length();

  /** As many bytes as floats make a vector: not with 128 bits. */
  static final boolean FITS = WIDTH >= 8;

  private static final VectorSpecies<Byte> BYTES =
      WIDTH == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  /** Every second lane of two vectors: the second one's fill the upper half. */
  private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(FLOATS, i -> 2 * i % WIDTH);

  private static final VectorShuffle<Float> ODD =
      VectorShuffle.fromOp(FLOATS, i -> 2 * i % WIDTH + 1);

  private static final VectorMask<Float> UPPER = FLOATS.indexInRange(0, WIDTH / 2).not();

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
    FloatVector largest = everySecond(t0, t1, EVEN);
    FloatVector index = FloatVector.zero(FLOATS);

    FloatVector v = everySecond(t0, t1, ODD);
    VectorMask<Float> taken = taken(v, largest);
    largest = largest.blend(v, taken);
    index = index.blend(1, taken);

    v = everySecond(b0, b1, EVEN);
    taken = taken(v, largest);
    largest = largest.blend(v, taken);
    index = index.blend(2, taken);

    v = everySecond(b0, b1, ODD);
    taken = taken(v, largest);
    largest.blend(v, taken).intoArray(y, yOffset);
    index = index.blend(3, taken);
    ((ByteVector) index.convertShape(VectorOperators.F2B, BYTES, 0))
        .intoArray(indices, indicesOffset);
  }

  private static FloatVector everySecond(
      FloatVector low, FloatVector high, VectorShuffle<Float> which) {
    return low.rearrange(which).blend(high.rearrange(which), UPPER);
  }

  /** Larger, or NaN. */
  private static VectorMask<Float> taken(FloatVector v, FloatVector largest) {
    return v.compare(VectorOperators.GT, largest).or(v.test(VectorOperators.IS_NAN));
  }
}
