package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.fail;

import gpuvae.backend.reference.DoubleBackend;
import java.lang.foreign.MemorySegment;

/** A step state on the backend under test and on the oracle. */
final class StatePair {
  private final Backend backend;
  private final Tensors testedTensors;
  private final Tensors exactTensors;
  private final DoubleBackend oracle;
  final StepState tested;
  final StepState exact;

  StatePair(Backend backend, DoubleBackend oracle) {
    this.backend = backend;
    testedTensors = new Tensors(backend);
    exactTensors = new Tensors(oracle);
    this.oracle = oracle;
    tested = new StepState(testedTensors);
    exact = new StepState(exactTensors);
  }

  void free() {
    testedTensors.free();
    exactTensors.free();
  }

  StatePair set(int word, long value) {
    tested.set(backend, word, value);
    exact.set(oracle, word, value);
    return this;
  }

  StatePair set(int word, double value) {
    return set(word, Double.doubleToRawLongBits(value));
  }

  long word(int word) {
    return tested.read(backend)[word];
  }

  double number(int word) {
    return Double.longBitsToDouble(word(word));
  }

  double[] ring() {
    double[] ring = new double[StepState.RING_SLOTS * StepState.RING_FIELDS];
    backend.read(tested.ring(), MemorySegment.ofArray(ring));
    return ring;
  }

  /**
   * All words have the oracle's bits (NaN any), but one number that may be as far as {@code
   * allowed}.
   */
  void check(String what, int inexact, double allowed) {
    long[] got = tested.read(backend);
    long[] want = exact.read(oracle);
    for (int i = 0; i < StepState.WORDS; i++) {
      double gotNumber = Double.longBitsToDouble(got[i]);
      double wantNumber = Double.longBitsToDouble(want[i]);
      boolean near =
          Double.isNaN(gotNumber) && Double.isNaN(wantNumber)
              || i == inexact && Math.abs(gotNumber - wantNumber) <= allowed;
      if (got[i] != want[i] && !near) {
        fail(
            "%s: state word %d: expected %x (%s), got %x (%s)"
                .formatted(what, i, want[i], wantNumber, got[i], gotNumber));
      }
    }
  }

  /** All words have the oracle's bits. */
  void check(String what) {
    check(what, -1, 0);
  }

  /** The rings are equal. */
  void checkRing(String what) {
    double[] got = ring();
    double[] want = oracle.doubles(exact.ring());
    for (int i = 0; i < want.length; i++) {
      if (Double.compare(got[i], want[i]) != 0) {
        fail(
            "%s: ring slot %d, field %d: expected %s, got %s"
                .formatted(
                    what, i / StepState.RING_FIELDS, i % StepState.RING_FIELDS, want[i], got[i]));
      }
    }
  }
}
