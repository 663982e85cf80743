package gpuvae.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes squares of 8 by 8 in registers: halves, quarters, then single elements change places
 * between rows 4, 2 and 1 apart.
 */
final class VectorTranspose {
  /** Rows and columns of a square. */
  static final int SIDE = 8;

  private static final VectorSpecies<Float> SQUARE = FloatVector.SPECIES_256;
  private static final VectorShuffle<Float> BY_4 = exchange(4);
  private static final VectorShuffle<Float> BY_2 = exchange(2);
  private static final VectorShuffle<Float> BY_1 = exchange(1);
  private static final VectorMask<Float> UPPER_4 = upper(4);
  private static final VectorMask<Float> UPPER_2 = upper(2);
  private static final VectorMask<Float> UPPER_1 = upper(1);

  private VectorTranspose() {}

  private static VectorShuffle<Float> exchange(int distance) {
    return VectorShuffle.fromOp(SQUARE, i -> i ^ distance);
  }

  private static VectorMask<Float> upper(int distance) {
    boolean[] lanes = new boolean[SIDE];
    for (int i = 0; i < SIDE; i++) {
      lanes[i] = (i & distance) != 0;
    }
    return VectorMask.fromArray(SQUARE, lanes, 0);
  }

  /** target[j, i] = source[i, j], for i and j below {@link #SIDE}. */
  static void square(
      float[] source, int from, int sourceStride, float[] target, int to, int targetStride) {
    FloatVector a0 = load(source, from);
    FloatVector a1 = load(source, from + sourceStride);
    FloatVector a2 = load(source, from + 2 * sourceStride);
    FloatVector a3 = load(source, from + 3 * sourceStride);
    FloatVector a4 = load(source, from + 4 * sourceStride);
    FloatVector a5 = load(source, from + 5 * sourceStride);
    FloatVector a6 = load(source, from + 6 * sourceStride);
    FloatVector a7 = load(source, from + 7 * sourceStride);

    FloatVector b0 = first(a0, a4, BY_4, UPPER_4);
    FloatVector b4 = second(a0, a4, BY_4, UPPER_4);
    FloatVector b1 = first(a1, a5, BY_4, UPPER_4);
    FloatVector b5 = second(a1, a5, BY_4, UPPER_4);
    FloatVector b2 = first(a2, a6, BY_4, UPPER_4);
    FloatVector b6 = second(a2, a6, BY_4, UPPER_4);
    FloatVector b3 = first(a3, a7, BY_4, UPPER_4);
    FloatVector b7 = second(a3, a7, BY_4, UPPER_4);

    a0 = first(b0, b2, BY_2, UPPER_2);
    a2 = second(b0, b2, BY_2, UPPER_2);
    a1 = first(b1, b3, BY_2, UPPER_2);
    a3 = second(b1, b3, BY_2, UPPER_2);
    a4 = first(b4, b6, BY_2, UPPER_2);
    a6 = second(b4, b6, BY_2, UPPER_2);
    a5 = first(b5, b7, BY_2, UPPER_2);
    a7 = second(b5, b7, BY_2, UPPER_2);

    first(a0, a1, BY_1, UPPER_1).intoArray(target, to);
    second(a0, a1, BY_1, UPPER_1).intoArray(target, to + targetStride);
    first(a2, a3, BY_1, UPPER_1).intoArray(target, to + 2 * targetStride);
    second(a2, a3, BY_1, UPPER_1).intoArray(target, to + 3 * targetStride);
    first(a4, a5, BY_1, UPPER_1).intoArray(target, to + 4 * targetStride);
    second(a4, a5, BY_1, UPPER_1).intoArray(target, to + 5 * targetStride);
    first(a6, a7, BY_1, UPPER_1).intoArray(target, to + 6 * targetStride);
    second(a6, a7, BY_1, UPPER_1).intoArray(target, to + 7 * targetStride);
  }

  private static FloatVector load(float[] source, int from) {
    return FloatVector.fromArray(SQUARE, source, from);
  }

  /** The lower parts of both rows. */
  private static FloatVector first(
      FloatVector x, FloatVector y, VectorShuffle<Float> exchange, VectorMask<Float> upper) {
    return x.blend(y.rearrange(exchange), upper);
  }

  /** The upper parts of both rows. */
  private static FloatVector second(
      FloatVector x, FloatVector y, VectorShuffle<Float> exchange, VectorMask<Float> upper) {
    return x.rearrange(exchange).blend(y, upper);
  }
}
