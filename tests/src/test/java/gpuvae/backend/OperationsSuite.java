package gpuvae.backend;

import gpuvae.backend.reference.DoubleBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * A family of operations of one backend against the double-precision oracle. Sizes are awkward on
 * purpose, inputs fresh in every run (-Dgpuvae.test.seed repeats one), outputs poisoned.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OperationsSuite {
  /** Below, at and above the widths of vectors, tiles and thread blocks. */
  static final int[] SIZES = {1, 13, 127, 128, 207};

  /** More than one block of anything. For 2^20 elements, on demand: -Dgpuvae.test.long=80661. */
  static final int LONG = Integer.getInteger("gpuvae.test.long", 4098);

  /** Where views begin in their buffers, by turns: vectors are aligned there, or not. */
  private static final int[] OFFSETS = {5, 8};

  private final Supplier<Backend> supplier;
  private final List<Pair> pairs = new ArrayList<>();
  private final List<StatePair> states = new ArrayList<>();
  final DoubleBackend oracle = new DoubleBackend();
  final Inputs inputs = new Inputs();
  Backend tested;
  private int cases;

  OperationsSuite(Supplier<Backend> supplier) {
    this.supplier = supplier;
  }

  @BeforeAll
  void open() {
    tested = supplier.get();
  }

  @AfterAll
  void close() {
    if (tested != null) {
      tested.close();
    }
  }

  @AfterEach
  void release() {
    pairs.forEach(Pair::free);
    pairs.clear();
    states.forEach(StatePair::free);
    states.clear();
    cases++;
  }

  /** Where a case's tensors begin in their buffers. */
  int offset(int number) {
    return OFFSETS[number % OFFSETS.length];
  }

  /** All sizes, for vectors. */
  static IntStream lengths() {
    return IntStream.concat(IntStream.of(SIZES), IntStream.of(LONG));
  }

  /** A test of one size of a batch. */
  interface Sized {
    void test(int rows, int columns);
  }

  /** Every pair of awkward sizes, and the long one on either side. */
  void forSizes(Sized test) {
    for (int rows : SIZES) {
      for (int columns : SIZES) {
        test.test(rows, columns);
        release();
      }
    }
    for (int other : new int[] {1, 13}) {
      test.test(LONG, other);
      release();
      test.test(other, LONG);
      release();
    }
  }

  /** A poisoned output, or an input not yet set. */
  Pair poisoned(int... shape) {
    Pair pair = new Pair(tested, oracle, offset(cases), shape);
    pairs.add(pair);
    return pair;
  }

  /** More rows than are in use. */
  static int capacity(int rows) {
    return rows + 3;
  }

  StatePair state() {
    StatePair pair = new StatePair(tested, oracle);
    states.add(pair);
    return pair;
  }

  /** Names a case in failures. */
  String name(String format, Object... arguments) {
    return format.formatted(arguments)
        + " on "
        + tested.device()
        + " (-Dgpuvae.test.seed="
        + inputs.seed()
        + ")";
  }

  static Tensor tested(Pair pair) {
    return pair == null ? null : pair.tested;
  }

  static Tensor exact(Pair pair) {
    return pair == null ? null : pair.exact;
  }

  /** The oracle's absolute values: what sums of them add up to bounds the errors of sums. */
  Tensor absolute(Pair pair) {
    Tensor copy = oracle.allocate(ElementType.F32, pair.exact.shape());
    oracle.setDoubles(copy, Arrays.stream(pair.expected()).map(Math::abs).toArray());
    return copy;
  }

  /**
   * Bounds of a sum over all rows and each channel's neighbours, in any order; the products that
   * made the values may be fused with it.
   */
  static Bound channelSums(Pair values, int rows, int channels) {
    int plane = values.columns / channels;
    double[] magnitudes = new double[channels];
    double[] all = values.expected();
    for (int i = 0; i < rows * values.columns; i++) {
      magnitudes[i % values.columns / plane] += Math.abs(all[i]);
    }
    return (channel, expected) -> Tolerances.sum(rows * plane, magnitudes[channel]);
  }

  static Stream<Activation> activations() {
    return Stream.of(
        Activation.IDENTITY,
        Activation.RELU,
        Activation.leakyRelu(0.2),
        Activation.SOFTPLUS,
        Activation.SIGMOID,
        Activation.TANH,
        Activation.SILU);
  }
}
