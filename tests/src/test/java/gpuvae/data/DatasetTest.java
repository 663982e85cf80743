package gpuvae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Binarisation;
import gpuvae.config.InputConfig;
import gpuvae.config.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTest {
  private static final Shape SHAPE = Shape.image(2, 3, 5);

  @Test
  void bytesAreUnsignedAndRowMajor() {
    byte[] values = Fixtures.random(13 * 30, 256, 1);
    Dataset set = Dataset.ofBytes("set", SHAPE, values, null);
    assertEquals(13, set.size());
    assertEquals(30, set.features());
    assertEquals(SHAPE, set.shape());
    assertTrue(set.isBytes());
    assertSame(values, set.bytes());
    for (int row = 0; row < 13; row++) {
      for (int feature = 0; feature < 30; feature++) {
        assertEquals(values[row * 30 + feature] & 0xFF, set.value(row, feature));
      }
    }
    assertThrows(IndexOutOfBoundsException.class, () -> set.value(0, 30));
    assertThrows(IndexOutOfBoundsException.class, () -> set.value(13, 0));
    assertThrows(IllegalStateException.class, set::floats);
    assertThrows(IllegalStateException.class, () -> set.label(0));
  }

  @Test
  void rowsAsAModelsInputAreScaledNormalisedAndRestored() {
    byte[] values = {0, 51, (byte) 255, 102};
    Dataset pixels = Dataset.ofBytes("set", Shape.image(1, 1, 2), values, null);
    InputConfig plain = InputConfig.plain(pixels.shape());
    assertArrayEquals(new float[] {0, 0.2f, 1, 0.4f}, pixels.input(plain, 0, 2));
    InputConfig binarised = plain.withBinarisation(Binarisation.DYNAMIC);
    assertArrayEquals(new float[] {1, 0.4f}, pixels.input(binarised, 1, 1), "never binarised");
    InputConfig normalised = new InputConfig(pixels.shape(), 0.2, 0.5, Binarisation.NONE, 0);
    float[] input = pixels.input(normalised, 0, 2);
    assertArrayEquals(new float[] {-0.4f, 0, 1.6f, 0.4f}, input, 1e-7f);
    assertArrayEquals(new float[] {0, 0.2f, 1, 0.4f}, normalised.restored(input), 1e-7f);
    Dataset numbers = Dataset.ofFloats("set", 2, new float[] {1, 2, 3, -4});
    assertArrayEquals(new float[] {3, -4}, numbers.input(InputConfig.plain(numbers.shape()), 1, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> numbers.input(plain, 1, 2));
  }

  @Test
  void floatsHaveNoShape() {
    Dataset set = Dataset.ofFloats("set", 3, new float[] {1, 2, 3, 4, 5, 6.5f});
    assertEquals(2, set.size());
    assertFalse(set.isBytes() || set.hasLabels());
    assertEquals(6.5f, set.value(1, 2));
    assertThrows(IllegalStateException.class, set::bytes);
  }

  @Test
  void limitTakesTheFirstRows() {
    int[] labels = {3, 1, 4, 1, 5, 9, 2};
    byte[] values = Fixtures.random(7 * 30, 256, 2);
    Dataset set = Dataset.ofBytes("set", SHAPE, values, labels);
    labels[0] = 8;
    Dataset three = set.limit(3);
    assertEquals(3, three.size());
    assertArrayEquals(Arrays.copyOf(values, 90), three.bytes());
    assertEquals(3, three.label(0));
    assertEquals(4, three.label(2));
    assertThrows(IndexOutOfBoundsException.class, () -> three.label(3));
    assertSame(set, set.limit(7));
    assertSame(set, set.limit(1000));
    assertThrows(IllegalArgumentException.class, () -> set.limit(0));
    Dataset floats = Dataset.ofFloats("floats", 2, new float[] {1, 2, 3, 4}, new int[] {1, 0});
    assertArrayEquals(new float[] {1, 2}, floats.limit(1).floats());
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void nonFiniteValuesAreRefusedWithTheirPlace(float bad) {
    float[] values = {1, 2, 3, 4, 5, bad};
    String message =
        assertThrows(IllegalArgumentException.class, () -> Dataset.ofFloats("set", 2, values))
            .getMessage();
    assertEquals("set: row 2, column 1 is " + bad + ": every value must be finite", message);
  }

  @Test
  void sizesMustFit() {
    assertThrows(
        IllegalArgumentException.class, () -> Dataset.ofBytes("set", SHAPE, new byte[31], null));
    assertThrows(
        IllegalArgumentException.class, () -> Dataset.ofBytes("set", SHAPE, new byte[0], null));
    assertThrows(
        IllegalArgumentException.class,
        () -> Dataset.ofBytes("set", SHAPE, new byte[60], new int[] {1}));
    assertThrows(
        IllegalArgumentException.class,
        () -> Dataset.ofBytes("set", SHAPE, new byte[60], new int[] {1, -1}));
    assertThrows(IllegalArgumentException.class, () -> Dataset.ofFloats("set", 0, new float[] {1}));
    assertThrows(IllegalArgumentException.class, () -> Shape.image(0, 28, 28));
    assertThrows(IllegalArgumentException.class, () -> Shape.image(3, 1 << 16, 1 << 15));
  }

  @Test
  void splitRefusesSetsThatDiffer() {
    Dataset bytes = Dataset.ofBytes("bytes", Shape.image(1, 1, 2), new byte[2], null);
    Dataset floats = Dataset.ofFloats("floats", 2, new float[2]);
    Dataset turned = Dataset.ofBytes("turned", Shape.image(1, 2, 1), new byte[2], null);
    assertThrows(IllegalArgumentException.class, () -> new Split(bytes, floats, ""));
    assertThrows(IllegalArgumentException.class, () -> new Split(bytes, turned, ""));
  }
}
