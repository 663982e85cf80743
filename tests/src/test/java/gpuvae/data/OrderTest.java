package gpuvae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrderTest {
  private static Dataset rows(int size) {
    return Dataset.ofFloats("rows", 1, new float[size]);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 13, 127, 128, 10_007})
  void shuffledIsAPermutation(int size) {
    int[] sorted = Order.shuffled(rows(size), 7, 3).indices().clone();
    Arrays.sort(sorted);
    assertArrayEquals(IntStream.range(0, size).toArray(), sorted);
  }

  @Test
  void seedAndEpochDecideTheOrder() {
    int[] order = Order.shuffled(rows(207), 7, 3).indices();
    assertArrayEquals(order, Order.shuffled(rows(207), 7, 3).indices());
    assertFalse(Arrays.equals(order, Order.shuffled(rows(207), 7, 4).indices()));
    assertFalse(Arrays.equals(order, Order.shuffled(rows(207), 8, 3).indices()));
    assertFalse(Arrays.equals(order, Order.shuffled(rows(207), 3, 7).indices()));
    assertFalse(Arrays.equals(order, Order.sequential(rows(207)).indices()));
    assertThrows(IllegalArgumentException.class, () -> Order.shuffled(rows(2), 0, -1));
  }

  @Test
  void theOrderIsTheSameOnEveryMachine() {
    assertArrayEquals(
        new int[] {5, 2, 1, 9, 0, 6, 4, 8, 7, 3}, Order.shuffled(rows(10), 42, 0).indices());
  }

  @Test
  void everyPermutationOfFourIsEquallyLikely() {
    int[] counts = new int[256];
    int trials = 24_000;
    for (int epoch = 0; epoch < trials; epoch++) {
      int[] p = Order.shuffled(rows(4), 1, epoch).indices();
      counts[p[0] << 6 | p[1] << 4 | p[2] << 2 | p[3]]++;
    }
    int[] seen = Arrays.stream(counts).filter(count -> count > 0).toArray();
    assertEquals(24, seen.length);
    // Chi-squared with 23 degrees of freedom exceeds 58 with probability 1e-4.
    double chi = Arrays.stream(seen).mapToDouble(c -> (c - 1000.0) * (c - 1000.0) / 1000).sum();
    assertTrue(chi < 58, "chi-squared " + chi);
  }

  @Test
  void generatorGivesThePublishedNumbers() {
    SplitMix64 random = new SplitMix64(1234567);
    assertEquals(6457827717110365317L, random.nextLong());
    assertEquals(3203168211198807973L, random.nextLong());
    assertEquals(Long.parseUnsignedLong("9817491932198370423"), random.nextLong());
  }

  @Test
  void boundedNumbersAreUniform() {
    SplitMix64 random = new SplitMix64(5);
    int bound = 3 << 29; // without rejection every third value would come a quarter too seldom
    int[] counts = new int[3];
    for (int i = 0; i < 30_000; i++) {
      int value = random.nextInt(bound);
      assertTrue(value >= 0 && value < bound);
      counts[value % 3]++;
    }
    for (int count : counts) {
      assertEquals(10_000, count, 400); // five standard deviations
    }
  }

  @ParameterizedTest
  @CsvSource({"13,5,3,3", "128,128,1,128", "127,128,1,127", "129,128,2,1", "7,1,7,1"})
  void batchesCoverTheOrderOnce(int size, int batchSize, int count, int last) {
    Order order = Order.shuffled(rows(size), 1, 1);
    List<Batch> batches = order.batches(batchSize);
    assertEquals(count, batches.size());
    int next = 0;
    for (Batch batch : batches) {
      assertSame(order, batch.order());
      assertEquals(next, batch.start());
      next += batch.rows();
    }
    assertEquals(size, next);
    assertEquals(last, batches.getLast().rows());
    assertThrows(IndexOutOfBoundsException.class, () -> batches.get(count));
  }

  @Test
  void largestBatchSizeIsOneBatch() {
    assertEquals(5, Order.sequential(rows(5)).batches(Integer.MAX_VALUE).getFirst().rows());
  }

  @Test
  void batchesOutsideTheOrderAreRefused() {
    Order order = Order.sequential(rows(10));
    assertEquals(10, order.batch(0, 10).rows());
    assertThrows(IllegalArgumentException.class, () -> order.batch(0, 11));
    assertThrows(IllegalArgumentException.class, () -> order.batch(9, 2));
    assertThrows(IllegalArgumentException.class, () -> order.batch(-1, 2));
    assertThrows(IllegalArgumentException.class, () -> order.batch(3, 0));
    assertThrows(IllegalArgumentException.class, () -> order.batch(1, Integer.MAX_VALUE));
    assertThrows(IllegalArgumentException.class, () -> order.batches(0));
  }
}
