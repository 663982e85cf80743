package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches from a resident data set. */
abstract class GatherOperations extends OperationsSuite {
  private static final float SCALE = 1 / 255f;

  GatherOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  /** A data set of both element types holds the same values: whole numbers from 0 to 255. */
  private final class Set {
    final Tensor source;
    final Tensor exactSource;
    final Tensor order;
    final Tensor exactOrder;
    final byte[] pixels;
    final int features;

    Set(ElementType type, int size, int features) {
      this.features = features;
      pixels = new byte[size * features];
      float[] values = new float[pixels.length];
      for (int i = 0; i < pixels.length; i++) {
        int pixel = inputs.below(4) == 0 ? 0 : inputs.below(256);
        pixels[i] = (byte) pixel;
        values[i] = pixel;
      }
      MemorySegment stored =
          type == ElementType.U8 ? MemorySegment.ofArray(pixels) : MemorySegment.ofArray(values);
      source = tested.allocate(type, size, features);
      exactSource = oracle.allocate(type, size, features);
      tested.write(source, stored);
      oracle.write(exactSource, stored);
      order = tested.allocate(ElementType.I32, size);
      exactOrder = oracle.allocate(ElementType.I32, size);
    }

    void order(int[] indices) {
      tested.write(order, MemorySegment.ofArray(indices));
      oracle.write(exactOrder, MemorySegment.ofArray(indices));
    }

    float[] gather(StatePair state, Preprocessing how, int rows) {
      Pair x = poisoned(capacity(rows), features);
      tested.gather(state.tested, new ResidentRows(source, order, how), rows, x.tested);
      oracle.gather(state.exact, new ResidentRows(exactSource, exactOrder, how), rows, x.exact);
      String what = name("gather of %s [%d, %d], %s", source, rows, features, how.binarisation());
      x.check(
          what,
          rows,
          how.binarisation() == Binarisation.NONE
              ? (i, expected) -> Tolerances.normalised(expected)
              : Bound.EXACT);
      state.check(what);
      return x.values(rows);
    }

    /** Gathers with a state that goes on; rows beyond the order's end stay poisoned. */
    void fetch(StatePair state, Preprocessing how, int rows) {
      Pair x = poisoned(capacity(rows), features);
      tested.fetch(state.tested, new ResidentRows(source, order, how), rows, x.tested);
      oracle.fetch(state.exact, new ResidentRows(exactSource, exactOrder, how), rows, x.exact);
      String what = name("fetch of %s [%d, %d], %s", source, rows, features, how.binarisation());
      long left = order.size() - state.word(StepState.POSITION) + rows;
      x.check(what, Math.clamp(left, 0, rows), Bound.EXACT);
      state.check(what);
    }

    void free() {
      tested.free(source);
      tested.free(order);
    }
  }

  private StatePair at(long position) {
    return state()
        .set(StepState.SEED, inputs.word())
        .set(StepState.ATTEMPT, inputs.word() >>> 21)
        .set(StepState.ROW_BASE, (long) inputs.below(1000))
        .set(StepState.POSITION, position);
  }

  @ParameterizedTest
  @CsvSource({"U8,NONE", "U8,STATIC", "U8,DYNAMIC", "F32,NONE", "F32,STATIC", "F32,DYNAMIC"})
  void gather(ElementType type, Binarisation binarisation) {
    forSizes(
        (rows, features) -> {
          Set set = new Set(type, rows + 20, features);
          set.order(inputs.permutation(rows + 20));
          float shift = binarisation == Binarisation.NONE ? -0.1307f : 0;
          Preprocessing how = new Preprocessing(SCALE, shift, binarisation, inputs.word());
          set.gather(at(inputs.below(20)), how, rows);
          set.free();
        });
  }

  /** Batch after batch, past the order's end. */
  @ParameterizedTest
  @CsvSource({"U8", "F32"})
  void fetch(ElementType type) {
    forSizes(
        (rows, features) -> {
          Set set = new Set(type, 2 * rows + 1, features);
          set.order(inputs.permutation(2 * rows + 1));
          Preprocessing how = new Preprocessing(SCALE, 0, Binarisation.DYNAMIC, 0);
          StatePair state = at(0);
          for (int batch = 0; batch < 4; batch++) {
            set.fetch(state, how, rows);
          }
          set.free();
        });
  }

  /** The same pixels for a row wherever it comes, in whatever step. */
  @ParameterizedTest
  @EnumSource(names = {"U8", "F32"})
  void staticBinarisationBelongsToTheRow(ElementType type) {
    int size = 127;
    int features = 13;
    Preprocessing how = new Preprocessing(SCALE, 0, Binarisation.STATIC, inputs.word());
    Set set = new Set(type, size, features);
    int[] first = inputs.permutation(size);
    int[] second = inputs.permutation(size);
    set.order(first);
    float[] once = byRow(set.gather(at(0), how, size), first, features);
    set.order(second);
    float[] again = byRow(set.gather(at(0), how, size), second, features);
    assertArrayEquals(once, again, name("static binarisation in another order"));
    set.free();
  }

  private static float[] byRow(float[] gathered, int[] order, int features) {
    float[] rows = new float[gathered.length];
    for (int r = 0; r < order.length; r++) {
      System.arraycopy(gathered, r * features, rows, order[r] * features, features);
    }
    return rows;
  }

  @ParameterizedTest
  @EnumSource(names = {"U8", "F32"})
  void dynamicBinarisationIsDrawnAnew(ElementType type) {
    Preprocessing how = new Preprocessing(SCALE, 0, Binarisation.DYNAMIC, 0);
    Set set = new Set(type, 127, 13);
    set.order(inputs.permutation(127));
    StatePair state = at(0).set(StepState.ATTEMPT, 10L);
    float[] once = set.gather(state, how, 127);
    assertArrayEquals(once, set.gather(state, how, 127), name("one attempt"));
    float[] next = set.gather(state.set(StepState.ATTEMPT, 11L), how, 127);
    assertFalse(Arrays.equals(once, next), name("the next attempt"));
    set.free();
  }

  /** 1 where the uniform is at most the probability: at its very value, not one float below. */
  @ParameterizedTest
  @EnumSource(names = {"STATIC", "DYNAMIC"})
  void aDrawsBoundary(Binarisation binarisation) {
    int size = 128;
    int features = 13;
    Preprocessing how = new Preprocessing(1, 0, binarisation, inputs.word());
    StatePair state = at(0);
    boolean once = binarisation == Binarisation.STATIC;
    long seed = once ? how.seed() : state.word(StepState.SEED);
    long attempt = once ? 0 : state.word(StepState.ATTEMPT);
    int first = once ? 0 : (int) state.word(StepState.ROW_BASE);
    int tag = Philox.tag(once ? Noise.BINARISE_ONCE : Noise.BINARISE, attempt, 0);
    float[] values = new float[size * features];
    float[] expected = new float[size * features];
    int[] words = new int[4];
    int[] order = new int[size];
    for (int row = 0; row < size; row++) {
      order[row] = row;
      for (int c = 0; c < features; c++) {
        Philox.words(seed, c / 4, first + row, (int) attempt, tag, words);
        float uniform = Philox.uniform(words[c % 4]);
        boolean at = inputs.below(2) == 0;
        values[row * features + c] = at ? uniform : Math.nextDown(uniform);
        expected[row * features + c] = at ? 1 : 0;
      }
    }
    Set set = new Set(ElementType.F32, size, features);
    tested.write(set.source, values, 0, values.length);
    oracle.write(set.exactSource, values, 0, values.length);
    set.order(order);
    assertArrayEquals(expected, set.gather(state, how, size), name("%s boundary", binarisation));
    set.free();
  }

  /** One pixel value in each column: the mean of its draws is its probability. */
  @ParameterizedTest
  @CsvSource({"U8,STATIC", "U8,DYNAMIC", "F32,STATIC", "F32,DYNAMIC"})
  void frequencies(ElementType type, Binarisation binarisation) {
    int size = 20_000;
    int features = 5;
    Set set = new Set(type, size, features);
    int[] pixel = {0, 255, 1 + inputs.below(254), 128, 3};
    byte[] bytes = new byte[size * features];
    float[] floats = new float[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) pixel[i % features];
      floats[i] = pixel[i % features];
    }
    MemorySegment stored =
        type == ElementType.U8 ? MemorySegment.ofArray(bytes) : MemorySegment.ofArray(floats);
    tested.write(set.source, stored);
    oracle.write(set.exactSource, stored);
    set.order(inputs.permutation(size));
    Preprocessing how = new Preprocessing(SCALE, 0, binarisation, inputs.word());
    float[] x = set.gather(at(0), how, size);
    for (int c = 0; c < features; c++) {
      double mean = 0;
      for (int r = 0; r < size; r++) {
        mean += x[r * features + c];
      }
      mean /= size;
      double p = pixel[c] / 255.0;
      // Six standard deviations: once in half a billion.
      double allowed = 6 * Math.sqrt(p * (1 - p) / size);
      assertEquals(p, mean, allowed, name("%s frequency of pixel %d", binarisation, pixel[c]));
    }
    set.free();
  }
}
