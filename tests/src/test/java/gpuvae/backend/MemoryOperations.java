package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading, writing, filling and copying: every bit is given. */
abstract class MemoryOperations extends OperationsSuite {
  MemoryOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  @ParameterizedTest
  @EnumSource
  void rawElementsComeBack(ElementType type) {
    for (int count : SIZES) {
      Tensor tensor = tested.allocate(type, count + 2);
      byte[] all = bytes((count + 2) * type.bytes());
      tested.write(tensor, MemorySegment.ofArray(all));
      byte[] part = bytes(count * type.bytes());
      tested.write(tensor.view(1, count), MemorySegment.ofArray(part));
      System.arraycopy(part, 0, all, type.bytes(), part.length);
      byte[] back = new byte[all.length];
      tested.read(tensor, MemorySegment.ofArray(back));
      assertArrayEquals(all, back, name("%d elements of %s", count, type));
      byte[] view = new byte[part.length + 64];
      tested.read(tensor.view(1, count), MemorySegment.ofArray(view));
      assertArrayEquals(
          part, Arrays.copyOf(view, part.length), name("a view of %d of %s", count, type));
      tested.free(tensor);
    }
  }

  /** Random, but no NaN as F32 or F64: not every path keeps a NaN's bits. */
  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (inputs.below(256) & (i % 4 == 3 ? 0xBF : 0xFF));
    }
    return bytes;
  }

  @Test
  void timedWorkIsDoneOnce() {
    Tensor tensor = tested.allocate(ElementType.F32, 1);
    int[] calls = {0};
    double millis =
        tested.milliseconds(
            () -> {
              calls[0]++;
              tested.fill(tensor, 7);
            });
    float[] value = new float[1];
    tested.read(tensor, value, 0, 1);
    tested.free(tensor);
    assertEquals(1, calls[0]);
    assertEquals(7, value[0]);
    assertTrue(millis >= 0 && Double.isFinite(millis), "milliseconds: " + millis);
  }

  @Test
  void floatsAtOffsets() {
    for (int count : SIZES) {
      float[] source = inputs.normal(count + 4, 1);
      Pair pair = poisoned(count + 3);
      tested.write(pair.tested, source, 2, count);
      float[] back = inputs.normal(count + 5, 1);
      float[] expected = back.clone();
      System.arraycopy(source, 2, expected, 3, count);
      tested.read(pair.tested, back, 3, count);
      assertArrayEquals(expected, back, name("%d floats", count));
      pair.set(Arrays.copyOfRange(source, 2, 2 + count));
      pair.checkUntouched(name("write of %d floats", count));
    }
  }

  @Test
  void oneWord() {
    Tensor words = tested.allocate(ElementType.I64, 13);
    long[] expected = new long[13];
    for (int i = 0; i < 13; i++) {
      expected[i] = inputs.word();
    }
    tested.write(words, MemorySegment.ofArray(expected));
    expected[7] = inputs.word();
    tested.writeLong(words, 7, expected[7]);
    long[] back = new long[13];
    tested.synchronize();
    tested.read(words, MemorySegment.ofArray(back));
    assertArrayEquals(expected, back);
    tested.free(words);
  }

  /** Marks of many steps, then with a gap, each read when later ones are set. */
  @Test
  void markedReads() {
    int count = 60;
    Tensor words = tested.allocate(ElementType.I64, count);
    long[] expected = new long[count];
    for (int i = 0; i < count; i++) {
      expected[i] = inputs.word();
      tested.writeLong(words, i, expected[i]);
      tested.mark(i < count / 2 ? i : i + 1000);
    }
    long[] back = new long[1];
    for (int i = count - 1; i >= 0; i--) {
      long number = i < count / 2 ? i : i + 1000;
      tested.readMarked(number, words.view(i, 1), MemorySegment.ofArray(back));
      assertEquals(expected[i], back[0], name("word %d", i));
    }
    tested.free(words);
  }

  @Test
  void aFreshStateIsEmpty() {
    StatePair state = state();
    state.check(name("a fresh state"));
    state.checkRing(name("a fresh state"));
    assertEquals(0, state.word(StepState.ATTEMPT));
    assertEquals(-1, state.ring()[0]);
  }

  @Test
  void fill() {
    for (float value : new float[] {0, -0.0f, 1.5f, Float.MIN_VALUE}) {
      forSizes(
          (rows, columns) -> {
            Pair pair = poisoned(rows, columns);
            tested.fill(pair.tested, value);
            oracle.fill(pair.exact, value);
            pair.check(name("fill [%d, %d] with %s", rows, columns, value), rows, Bound.EXACT);
          });
    }
  }

  @Test
  void copy() {
    forSizes(
        (rows, columns) -> {
          Pair source =
              poisoned(capacity(rows), columns).set(inputs.wild(rows * columns, 1, 1e30f));
          Pair destination = poisoned(rows + 1, columns);
          tested.copy(rows, source.tested, destination.tested);
          oracle.copy(rows, source.exact, destination.exact);
          destination.check(name("copy [%d, %d]", rows, columns), rows, Bound.EXACT);
          source.checkUntouched(name("copy [%d, %d], source", rows, columns));
        });
  }

  @Test
  void selectSlot() {
    forSizes(
        (rows, columns) -> {
          int capacity = capacity(rows);
          Pair slots = poisoned(2, capacity, columns).set(inputs.normal(2 * capacity * columns, 1));
          StatePair state = state();
          for (int slot : new int[] {1, 0}) {
            state.set(StepState.SLOT, (long) slot);
            Pair x = poisoned(capacity, columns);
            tested.selectSlot(state.tested, slots.tested, rows, x.tested);
            oracle.selectSlot(state.exact, slots.exact, rows, x.exact);
            x.check(name("selectSlot %d [%d, %d]", slot, rows, columns), rows, Bound.EXACT);
          }
          slots.checkUntouched(name("selectSlot [%d, %d], slots", rows, columns));
        });
  }
}
