package gpuvae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.config.Shape;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigitsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 13, 127, 200})
  void aSmallerSetIsTheBeginningOfALargerOne(int size) {
    Dataset set = Digits.generate("set", size, 3);
    Dataset larger = Digits.generate("set", 207, 3);
    assertEquals(size, set.size());
    assertEquals(Shape.image(1, 28, 28), set.shape());
    assertArrayEquals(larger.limit(size).bytes(), set.bytes());
    for (int i = 0; i < size; i++) {
      assertEquals(larger.label(i), set.label(i));
    }
  }

  @Test
  void classesAreBalancedAndMixed() {
    Dataset set = Digits.generate("set", 2000, 1);
    for (int block = 0; block < 200; block++) {
      BitSet seen = new BitSet();
      IntStream.range(10 * block, 10 * block + 10).map(set::label).forEach(seen::set);
      assertEquals(10, seen.cardinality());
    }
    Set<String> orders =
        IntStream.range(0, 200)
            .mapToObj(b -> IntStream.range(0, 10).mapToObj(i -> "" + set.label(10 * b + i)))
            .map(labels -> labels.collect(Collectors.joining()))
            .collect(Collectors.toSet());
    assertTrue(orders.size() > 190, orders.size() + " different orders of the classes");
  }

  @Test
  void seedsGiveDifferentDigits() {
    byte[] one = Digits.generate("set", 100, 1).bytes();
    byte[] two = Digits.generate("set", 100, 2).bytes();
    for (int i = 0; i < 100; i++) {
      byte[] picture = Arrays.copyOfRange(one, 784 * i, 784 * i + 784);
      for (int j = 0; j < 100; j++) {
        assertFalse(
            Arrays.equals(picture, 0, 784, two, 784 * j, 784 * j + 784)
                || j != i && Arrays.equals(picture, 0, 784, one, 784 * j, 784 * j + 784));
      }
    }
  }

  @Test
  void everyMachineDrawsTheSame() throws Exception {
    byte[] bytes = Digits.generate("set", 1000, 1).bytes();
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
    assertEquals(
        "14db8c1b1c5aaf7c319d8fd564772843dd89ffe3af0727e00a59dd97a1e5bd78",
        HexFormat.of().formatHex(digest));
  }

  @Test
  void inkLiesWhereMnistsDoes() {
    Dataset set = Digits.generate("set", 5000, 4);
    double total = 0;
    for (int row = 0; row < set.size(); row++) {
      double ink = 0;
      double x = 0;
      double y = 0;
      for (int i = 0; i < 784; i++) {
        double value = set.value(row, i) / 255;
        ink += value;
        x += value * (i % 28 + 0.5);
        y += value * (i / 28 + 0.5);
        if (i < 28 || i >= 756) {
          assertEquals(0, value, "digit " + row + " touches the edge");
        }
      }
      assertTrue(ink > 15 && ink < 350, "digit " + row + " has ink " + ink);
      assertEquals(14, x / ink, 3, "centre of digit " + row);
      assertEquals(14, y / ink, 3, "centre of digit " + row);
      total += ink;
    }
    assertEquals(0.12, total / 5000 / 784, 0.02); // MNIST: 0.1307
  }

  /** The classes can be told apart by the nearest class mean, but not too easily. */
  @Test
  void classesDiffer() {
    Dataset train = Digits.generate("train", 2000, 1);
    double[][] means = new double[10][784];
    for (int row = 0; row < train.size(); row++) {
      for (int i = 0; i < 784; i++) {
        means[train.label(row)][i] += train.value(row, i) / 200;
      }
    }
    Dataset test = Digits.generate("test", 1000, 2);
    int right = 0;
    for (int row = 0; row < test.size(); row++) {
      int nearest = 0;
      double least = Double.MAX_VALUE;
      for (int c = 0; c < 10; c++) {
        double distance = 0;
        for (int i = 0; i < 784; i++) {
          double d = test.value(row, i) - means[c][i];
          distance += d * d;
        }
        if (distance < least) {
          least = distance;
          nearest = c;
        }
      }
      right += nearest == test.label(row) ? 1 : 0;
    }
    assertTrue(right > 700 && right < 980, right + " of 1000"); // MNIST: 820
  }

  @Test
  void builtInSetsHaveTheDocumentedSizes() {
    Split split = Digits.builtIn(LoadOptions.defaults());
    assertEquals(20_000, split.train().size());
    assertEquals(4_000, split.test().size());
    assertFalse(
        Arrays.equals(split.train().limit(4000).bytes(), split.test().bytes()), "test is train");
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Digits.generate("set", 0, 1));
    assertThrows(IllegalArgumentException.class, () -> Digits.generate("set", 2_739_138, 1));
  }
}
