package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Max pooling, upsampling and the addition of a residual. */
abstract class PoolOperations extends OperationsSuite {
  private static final int[] ROWS = {1, 5};
  private static final int[] CHANNELS = {1, 3, 64};
  private static final int[][] PLANES = {{3, 3}, {4, 7}, {7, 7}, {13, 17}, {14, 14}, {28, 28}};

  /** What indices hold before and around. */
  private static final byte POISON = (byte) 0xA5;

  PoolOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  /** A test of images of one size. */
  private interface Sized {
    void test(int rows, int channels, int height, int width);
  }

  private void forImages(Sized test) {
    for (int rows : ROWS) {
      for (int channels : CHANNELS) {
        for (int[] plane : PLANES) {
          test.test(rows, channels, plane[0], plane[1]);
          release();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void maxPool(int size) {
    forImages(
        (rows, channels, height, width) -> {
          int count = rows * channels * height * width;
          maxPool(rows, channels, height, width, size, inputs.normal(count, 1));
          release();
          maxPool(rows, channels, height, width, size, equals(count));
          release();
          float[] withNaN = equals(count);
          for (int i = 0; i < count; i += 1 + inputs.below(9)) {
            withNaN[i] = inputs.below(2) == 0 ? Float.NaN : Float.NEGATIVE_INFINITY;
          }
          maxPool(rows, channels, height, width, size, withNaN);
        });
  }

  /** Few values, so that most windows have several largest. */
  private float[] equals(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = inputs.below(3) - 1;
    }
    return values;
  }

  private void maxPool(int rows, int channels, int height, int width, int size, float[] values) {
    String what = name("maxPool %d of [%d, %d x %d x %d]", size, rows, channels, height, width);
    int out = channels * (height / size) * (width / size);
    Pair x = poisoned(capacity(rows), channels * height * width).set(values);
    Pair y = poisoned(capacity(rows), out);
    int all = capacity(rows) * out;
    Tensor buffer = tested.allocate(ElementType.U8, all + 8);
    byte[] before = new byte[all + 8];
    Arrays.fill(before, POISON);
    tested.write(buffer, MemorySegment.ofArray(before));
    Tensor indices = buffer.view(3, capacity(rows), out);
    Tensor exact = oracle.allocate(ElementType.U8, capacity(rows), out);
    tested.images().maxPool(rows, height, width, size, x.tested, y.tested, indices);
    oracle.images().maxPool(rows, height, width, size, x.exact, y.exact, exact);
    y.check(what + ", y", rows, Bound.EXACT);
    x.checkUntouched(what + ", x");
    oracle.read(exact, MemorySegment.ofArray(before).asSlice(3, (long) rows * out));
    byte[] after = new byte[before.length];
    tested.read(buffer, MemorySegment.ofArray(after));
    assertArrayEquals(before, after, what + ", indices");

    Pair dy = poisoned(capacity(rows), out).set(inputs.normal(rows * out, 1));
    Pair dx = poisoned(capacity(rows), channels * height * width);
    tested.images().maxPoolBackward(rows, height, width, size, indices, dy.tested, dx.tested);
    oracle.images().maxPoolBackward(rows, height, width, size, exact, dy.exact, dx.exact);
    dx.check(what + ", dx", rows, Bound.EXACT);
    dy.checkUntouched(what + ", dy");
    tested.free(buffer);
    oracle.free(exact);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void upsample(int rows) {
    for (int channels : CHANNELS) {
      for (int[] plane : new int[][] {{1, 1}, {1, 5}, {3, 2}, {7, 7}, {13, 17}, {14, 14}}) {
        int height = plane[0];
        int width = plane[1];
        String what = name("upsample [%d, %d x %d x %d]", rows, channels, height, width);
        int in = channels * height * width;
        Pair x = poisoned(capacity(rows), in).set(inputs.wild(rows * in, 1, 30));
        Pair y = poisoned(capacity(rows), 4 * in);
        tested.images().upsample(rows, height, width, x.tested, y.tested);
        oracle.images().upsample(rows, height, width, x.exact, y.exact);
        y.check(what, rows, Bound.EXACT);
        x.checkUntouched(what + ", x");

        Pair dy = poisoned(capacity(rows), 4 * in).set(inputs.wild(rows * 4 * in, 1, 30));
        Pair dx = poisoned(capacity(rows), in);
        Tensor magnitudes = oracle.allocate(ElementType.F32, capacity(rows), in);
        tested.images().upsampleBackward(rows, height, width, dy.tested, dx.tested);
        oracle.images().upsampleBackward(rows, height, width, dy.exact, dx.exact);
        oracle.images().upsampleBackward(rows, height, width, absolute(dy), magnitudes);
        double[] magnitude = oracle.doubles(magnitudes);
        dx.check(what + ", dx", rows, (i, expected) -> Tolerances.sum(4, magnitude[i]));
        dy.checkUntouched(what + ", dy");
        release();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void add(Activation activation) {
    forSizes(
        (rows, columns) -> {
          boolean separate = activation.needsInput() || inputs.below(2) == 0;
          int over = inputs.below(3);
          String what =
              name(
                  "add %s [%d, %d]%s%s",
                  activation,
                  rows,
                  columns,
                  separate ? "" : ", pre is y",
                  new String[] {"", ", y is x", ", y is the residual"}[over]);
          float[] first = inputs.wild(rows * columns, 3, 50);
          float[] second = inputs.wild(rows * columns, 3, 50);
          Pair x = poisoned(capacity(rows), columns).set(first);
          Pair residual = poisoned(capacity(rows), columns).set(second);
          Pair y = over == 1 ? x : over == 2 ? residual : poisoned(capacity(rows), columns);
          Pair pre = separate ? poisoned(capacity(rows), columns) : y;
          tested.images().add(rows, x.tested, residual.tested, activation, pre.tested, y.tested);
          oracle.images().add(rows, x.exact, residual.exact, activation, pre.exact, y.exact);
          if (separate) {
            pre.check(what + ", pre", rows, (i, expected) -> Tolerances.biased(expected));
          }
          y.check(
              what + ", y",
              rows,
              (i, expected) -> {
                double sum = (double) first[i] + second[i];
                return Tolerances.activation(activation, sum, expected, Tolerances.biased(sum));
              });
          for (Pair input : new Pair[] {x, residual}) {
            if (input != y) {
              input.checkUntouched(what + ", an input");
            }
          }
        });
  }
}
