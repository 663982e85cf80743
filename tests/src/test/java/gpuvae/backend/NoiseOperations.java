package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Standard normal noise. */
abstract class NoiseOperations extends OperationsSuite {
  NoiseOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  private StatePair seeded() {
    return state()
        .set(StepState.SEED, inputs.word())
        .set(StepState.ATTEMPT, inputs.word() >>> 21)
        .set(StepState.PURPOSE, (long) Noise.SAMPLE.ordinal());
  }

  private float[] draw(StatePair state, int rows, int columns) {
    Pair z = poisoned(capacity(rows), columns);
    String what = name("standardNormal [%d, %d]", rows, columns);
    tested.standardNormal(state.tested, rows, z.tested);
    oracle.standardNormal(state.exact, rows, z.exact);
    z.check(what, rows, (i, expected) -> Tolerances.normal(expected));
    state.check(what);
    return z.values(rows);
  }

  @Test
  void standardNormal() {
    forSizes(
        (rows, columns) ->
            draw(seeded().set(StepState.ROW_BASE, (long) inputs.below(99)), rows, columns));
  }

  @Test
  void anySplitOfABatchDrawsTheSame() {
    int columns = 13;
    StatePair state = seeded();
    float[] whole = draw(state, 207, columns);
    int[] parts = {1, 13, 127, 66};
    int from = 0;
    for (int rows : parts) {
      float[] part = draw(state.set(StepState.ROW_BASE, (long) from), rows, columns);
      assertArrayEquals(
          Arrays.copyOfRange(whole, from * columns, (from + rows) * columns),
          part,
          name("rows %d to %d of 207", from, from + rows));
      from += rows;
    }
    assertEquals(207, from);
  }

  @Test
  void everyPartOfTheCounterMatters() {
    StatePair state = seeded().set(StepState.ATTEMPT, 5L);
    float[] first = draw(state, 1, 13);
    int[] words = {
      StepState.SEED, StepState.ATTEMPT, StepState.ROW_BASE, StepState.PURPOSE, StepState.SAMPLE
    };
    for (int word : words) {
      long before = state.word(word);
      for (long change : word == StepState.SEED ? new long[] {1, 1L << 40} : new long[] {1}) {
        float[] other = draw(state.set(word, before ^ change), 1, 13);
        assertFalse(Arrays.equals(first, other), name("state word %d changed", word));
      }
      state.set(word, before);
    }
    float[] farAttempt = draw(state.set(StepState.ATTEMPT, 5L + (3L << 32)), 1, 13);
    assertFalse(Arrays.equals(first, farAttempt), name("high bits of the attempt"));
    assertArrayEquals(first, draw(state.set(StepState.ATTEMPT, 5L), 1, 13), name("repeated"));
  }

  @Test
  void moments() {
    int n = 4 * LONG * 13;
    float[] z = draw(seeded(), 4 * LONG, 13);
    double[] moments = new double[5];
    double lag = 0;
    for (int i = 0; i < n; i++) {
      for (int power = 1; power <= 4; power++) {
        moments[power] += Math.pow(z[i], power) / n;
      }
      lag += i > 0 ? z[i] * (double) z[i - 1] / n : 0;
    }
    // Six standard deviations of each estimate: variances 1, 2, 15, 96, 1 over n.
    double six = 6 / Math.sqrt(n);
    assertEquals(0, moments[1], six, name("mean"));
    assertEquals(1, moments[2], six * Math.sqrt(2), name("variance"));
    assertEquals(0, moments[3], six * Math.sqrt(15), name("third moment"));
    assertEquals(3, moments[4], six * Math.sqrt(96), name("fourth moment"));
    assertEquals(0, lag, six, name("correlation of neighbours"));
  }
}
