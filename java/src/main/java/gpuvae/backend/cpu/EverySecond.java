package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** Every second lane of two vectors that follow each other. */
final class EverySecond {
  private static final int WIDTH = FLOATS.length();

  private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(FLOATS, i -> 2 * i % WIDTH);

  private static final VectorShuffle<Float> ODD =
      VectorShuffle.fromOp(FLOATS, i -> 2 * i % WIDTH + 1);

  /** Where the second vector's lanes go. */
  private static final VectorMask<Float> UPPER = FLOATS.indexInRange(0, WIDTH / 2).not();

  private EverySecond() {}

  /** Lanes 0, 2, 4 ... */
  static FloatVector even(FloatVector low, FloatVector high) {
    return low.rearrange(EVEN).blend(high.rearrange(EVEN), UPPER);
  }

  /** Lanes 1, 3, 5 ... */
  static FloatVector odd(FloatVector low, FloatVector high) {
    return low.rearrange(ODD).blend(high.rearrange(ODD), UPPER);
  }
}
