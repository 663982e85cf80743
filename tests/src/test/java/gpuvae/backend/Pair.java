package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.fail;

import gpuvae.backend.reference.DoubleBackend;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One F32 tensor on the backend under test and on the oracle: a view in a buffer that is poisoned
 * with a NaN of bits that no other pair has, so that whatever an operation must not touch can be
 * told by its bits, even where an input's poison was copied there.
 */
final class Pair {
  private static final AtomicInteger POISON = new AtomicInteger(0x7FC0_0001);
  private static final int AFTER = 7;

  private final Backend backend;
  private final DoubleBackend oracle;
  private final Tensor buffer;
  private final int[] before;
  private final int offset;
  final Tensor tested;
  final Tensor exact;
  final int rows;
  final int columns;

  /**
   * Poisoned.
   *
   * @param offset of the view in its buffer
   */
  Pair(Backend backend, DoubleBackend oracle, int offset, int... shape) {
    this.backend = backend;
    this.oracle = oracle;
    this.offset = offset;
    int size = (int) Tensor.sizeOf(shape);
    buffer = backend.allocate(ElementType.F32, offset + size + AFTER);
    tested = buffer.view(offset, shape);
    exact = oracle.allocate(ElementType.F32, shape);
    rows = tested.rows();
    columns = tested.columns();
    before = new int[offset + size + AFTER];
    Arrays.fill(before, POISON.getAndIncrement());
    backend.write(buffer, MemorySegment.ofArray(before));
  }

  /** Writes the first elements on both sides. */
  Pair set(float... values) {
    backend.write(tested, values, 0, values.length);
    oracle.write(exact, values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      before[offset + i] = Float.floatToRawIntBits(values[i]);
    }
    return this;
  }

  /** The oracle takes the tested values of the first rows: what follows is judged by itself. */
  void adopt(int usedRows) {
    float[] values = new float[usedRows * columns];
    backend.read(tested, values, 0, values.length);
    oracle.write(exact, values, 0, values.length);
  }

  /** The tested values of the first rows. */
  float[] values(int usedRows) {
    float[] values = new float[usedRows * columns];
    backend.read(tested, values, 0, values.length);
    return values;
  }

  /** The oracle's values, all rows. */
  double[] expected() {
    return oracle.doubles(exact);
  }

  /** What was set. */
  double input(int row, int column) {
    return Float.intBitsToFloat(before[offset + row * columns + column]);
  }

  /** What was set. */
  double input(int index) {
    return Float.intBitsToFloat(before[offset + index]);
  }

  /** The first rows are near the oracle's, the first {@code usedColumns} of each. */
  void check(String what, int usedRows, int usedColumns, Bound bound) {
    int[] after = bits();
    double[] expected = expected();
    for (int i = 0; i < before.length; i++) {
      int element = i - offset;
      boolean used =
          element >= 0
              && element < usedRows * columns
              && (usedColumns == columns || element % columns < usedColumns);
      if (!used) {
        checkUntouched(what, i, after[i]);
        continue;
      }
      double got = Float.intBitsToFloat(after[i]);
      double want = expected[element];
      double allowed = bound.at(element, want);
      if (!near(got, want, allowed)) {
        fail(
            "%s: element %d [%d, %d] of %s: expected %s, got %s, off by %.3g, allowed %.3g"
                .formatted(
                    what,
                    element,
                    element / columns,
                    element % columns,
                    tested,
                    want,
                    got,
                    Math.abs(got - want),
                    allowed));
      }
    }
  }

  /** The first rows are near the oracle's; all else has the bits it had. */
  void check(String what, int usedRows, Bound bound) {
    check(what, usedRows, columns, bound);
  }

  /** Nothing has changed. */
  void checkUntouched(String what) {
    int[] after = bits();
    for (int i = 0; i < before.length; i++) {
      checkUntouched(what, i, after[i]);
    }
  }

  void free() {
    backend.free(buffer);
    oracle.free(exact);
  }

  private void checkUntouched(String what, int i, int after) {
    if (after != before[i]) {
      fail(
          "%s: element %d of %s, which is not its to write, was %s (%08x), is %s (%08x)"
              .formatted(
                  what,
                  i - offset,
                  tested,
                  Float.intBitsToFloat(before[i]),
                  before[i],
                  Float.intBitsToFloat(after),
                  after));
    }
  }

  private int[] bits() {
    int[] bits = new int[before.length];
    backend.read(buffer, MemorySegment.ofArray(bits));
    return bits;
  }

  private static boolean near(double got, double want, double allowed) {
    if (Double.isNaN(want)) {
      return Double.isNaN(got);
    }
    if (got == want || got == (float) want) {
      return true;
    }
    return Math.abs(got - want) <= allowed;
  }
}
