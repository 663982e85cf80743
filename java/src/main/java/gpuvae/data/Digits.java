package gpuvae.data;

import gpuvae.config.Shape;
import java.util.stream.IntStream;

/**
 * Handwriting-like digits, drawn by a seeded generator: 28x28 bytes, white ink on black, about 20
 * pixels high and centred, as MNIST's are. Needs no file, font or network, and gives the same bytes
 * on every machine.
 *
 * <p>Every ten consecutive samples show each of the ten digits once, in random order. A sample
 * depends on the seed and its own number only, so a smaller set is the beginning of a larger one.
 */
public final class Digits {
  private static final Shape SHAPE = Shape.image(1, 28, 28);
  private static final int TRAIN_SIZE = 20_000;
  private static final int TEST_SIZE = 4_000;
  private static final long TRAIN_SEED = 1;
  private static final long TEST_SEED = 2;

  /** Streams of a seed: samples take theirs from 0 on, the order of the classes from here on. */
  private static final long CLASS_STREAMS = 1L << 32;

  private Digits() {}

  /**
   * Draws digits.
   *
   * @param name what messages call the set
   * @param size how many, at least 1
   * @param seed chooses the set
   * @return pictures of 1x28x28 bytes, each with the digit that it shows as its label
   * @throws IllegalArgumentException if size is below 1 or above 2,739,137 (2 GiB)
   */
  public static Dataset generate(String name, int size, long seed) {
    int largest = (Integer.MAX_VALUE - 8) / SHAPE.features();
    if (size < 1 || size > largest) {
      throw new IllegalArgumentException(
          "%s: %d digits, expected 1 to %d".formatted(name, size, largest));
    }
    byte[] values = new byte[size * SHAPE.features()];
    int[] labels = new int[size];
    IntStream.range(0, Math.ceilDiv(size, 10))
        .parallel()
        .forEach(block -> drawBlock(block, seed, values, labels));
    return Dataset.ofBytes(name, SHAPE, values, labels);
  }

  /**
   * The sets that {@code digits} names: training and test digits come from different seeds. No more
   * are drawn than a limit leaves.
   */
  static Split builtIn(LoadOptions options) {
    int train = Math.min(TRAIN_SIZE, options.limit().orElse(TRAIN_SIZE));
    int test = Math.min(TEST_SIZE, options.limit().orElse(TEST_SIZE));
    return new Split(
        generate("digits train", train, TRAIN_SEED),
        generate("digits test", test, TEST_SEED),
        "built-in digits (generated: %d to train, %d to test)".formatted(train, test));
  }

  private static void drawBlock(int block, long seed, byte[] values, int[] labels) {
    int[] classes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    SplitMix64.stream(seed, CLASS_STREAMS + block).shuffle(classes);
    Pen pen = new Pen(SHAPE.width(), SHAPE.height());
    int end = Math.min(10, labels.length - 10 * block);
    for (int i = 0; i < end; i++) {
      int sample = 10 * block + i;
      labels[sample] = classes[i];
      SplitMix64 random = SplitMix64.stream(seed, sample);
      Handwriting.write(classes[i], random, pen);
      pen.lift(values, sample * SHAPE.features());
    }
  }
}
