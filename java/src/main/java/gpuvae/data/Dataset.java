package gpuvae.data;

import gpuvae.config.InputConfig;
import gpuvae.config.Shape;
import java.util.Arrays;
import java.util.Objects;

/**
 * An immutable set of samples, row-major [size, features], with raw values: bytes 0 to 255 for
 * pictures (a quarter of the memory that floats would take), floats for tables.
 *
 * <p>Values are handed over, not copied: an array given to a factory or got from {@link #bytes()}
 * or {@link #floats()} must not be modified. Safe for any number of threads.
 */
public final class Dataset {
  private final String name;
  private final int size;
  private final int features;
  private final Shape shape;
  private final byte[] bytes;
  private final float[] floats;
  private final int[] labels;

  private Dataset(String name, Shape shape, byte[] bytes, float[] floats, int[] labels) {
    this.name = Objects.requireNonNull(name, "name");
    this.shape = shape;
    features = shape.features();
    int length = bytes != null ? bytes.length : floats.length;
    if (length == 0 || length % features != 0) {
      throw new IllegalArgumentException(
          "%s: %d values do not make whole rows of %d".formatted(name, length, features));
    }
    this.size = length / features;
    this.bytes = bytes;
    this.floats = floats;
    this.labels = labels == null ? null : labels.clone();
    checkLabels();
  }

  private void checkLabels() {
    if (labels == null) {
      return;
    }
    if (labels.length != size) {
      throw new IllegalArgumentException(
          "%s: %d labels for %d rows".formatted(name, labels.length, size));
    }
    for (int i = 0; i < size; i++) {
      if (labels[i] < 0) {
        throw new IllegalArgumentException(
            "%s: label %d of row %d is negative".formatted(name, labels[i], i));
      }
    }
  }

  /**
   * Pictures as bytes.
   *
   * @param name what messages call this set
   * @param shape the shape of each picture
   * @param values unsigned bytes [size, channels, height, width], not copied
   * @param labels one class number of at least 0 for each picture (copied), or null
   * @return the data set
   * @throws IllegalArgumentException if the sizes do not fit one another or a label is negative
   */
  public static Dataset ofBytes(String name, Shape shape, byte[] values, int[] labels) {
    Objects.requireNonNull(shape, "shape");
    Objects.requireNonNull(values, "values");
    return new Dataset(name, shape, values, null, labels);
  }

  /**
   * Rows of numbers.
   *
   * @param name what messages call this set
   * @param features the number of values in a row
   * @param values finite numbers [size, features], not copied
   * @param labels one class number of at least 0 for each row (copied), or null
   * @return the data set
   * @throws IllegalArgumentException if the sizes do not fit one another, a label is negative or a
   *     value is NaN or infinite
   */
  public static Dataset ofFloats(String name, int features, float[] values, int[] labels) {
    Objects.requireNonNull(values, "values");
    Shape shape = Shape.vector(features);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "%s: row %d, column %d is %s: every value must be finite"
                .formatted(name, i / features, i % features, values[i]));
      }
    }
    return new Dataset(name, shape, null, values, labels);
  }

  /**
   * Rows of numbers without labels.
   *
   * @param name what messages call this set
   * @param features the number of values in a row
   * @param values finite numbers [size, features], not copied
   * @return the data set
   * @throws IllegalArgumentException as {@link #ofFloats(String, int, float[], int[])} does
   */
  public static Dataset ofFloats(String name, int features, float[] values) {
    return ofFloats(name, features, values, null);
  }

  /**
   * What messages call this set.
   *
   * @return as in {@code MNIST train}
   */
  public String name() {
    return name;
  }

  /**
   * The number of samples.
   *
   * @return at least 1
   */
  public int size() {
    return size;
  }

  /**
   * The number of values in a sample.
   *
   * @return at least 1
   */
  public int features() {
    return features;
  }

  /**
   * The shape of each sample.
   *
   * @return of a picture, or of a vector of {@link #features} numbers
   */
  public Shape shape() {
    return shape;
  }

  /**
   * Whether the samples are pictures, whose values are bytes.
   *
   * @return true if {@link #bytes()} holds them, false if {@link #floats()} does
   */
  public boolean isBytes() {
    return bytes != null;
  }

  /**
   * The values themselves, not to be modified.
   *
   * @return unsigned bytes [size, features]
   * @throws IllegalStateException if this set holds floats
   */
  public byte[] bytes() {
    if (bytes == null) {
      throw new IllegalStateException(name + " holds floats, not bytes");
    }
    return bytes;
  }

  /**
   * The values themselves, not to be modified.
   *
   * @return floats [size, features]
   * @throws IllegalStateException if this set holds bytes
   */
  public float[] floats() {
    if (floats == null) {
      throw new IllegalStateException(name + " holds bytes, not floats");
    }
    return floats;
  }

  /**
   * One raw value.
   *
   * @param row of 0 to size - 1
   * @param feature of 0 to features - 1
   * @return 0 to 255 where the values are bytes
   * @throws IndexOutOfBoundsException if there is no such row or feature
   */
  public float value(int row, int feature) {
    int at = Objects.checkIndex(row, size) * features + Objects.checkIndex(feature, features);
    return bytes != null ? bytes[at] & 0xFF : floats[at];
  }

  /**
   * Samples as a model's input: scaled and normalised as it is trained, but never binarised.
   *
   * @param input what the model does to stored values
   * @param start the first row
   * @param rows how many
   * @return [rows, features]
   * @throws IndexOutOfBoundsException if the rows are not within this set
   */
  public float[] input(InputConfig input, int start, int rows) {
    Objects.checkFromIndexSize(start, rows, size);
    double scale = 1 / ((isBytes() ? 255 : 1) * input.deviation());
    double offset = -input.mean() / input.deviation();
    float[] values = new float[Math.multiplyExact(rows, features)];
    int first = start * features;
    for (int i = 0; i < values.length; i++) {
      double raw = bytes != null ? bytes[first + i] & 0xFF : floats[first + i];
      values[i] = (float) (raw * scale + offset);
    }
    return values;
  }

  /**
   * Whether the samples have labels.
   *
   * @return true if {@link #label} may be asked
   */
  public boolean hasLabels() {
    return labels != null;
  }

  /**
   * The class number of a sample.
   *
   * @param row of 0 to size - 1
   * @return at least 0
   * @throws IllegalStateException if this set has no labels
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public int label(int row) {
    if (labels == null) {
      throw new IllegalStateException(name + " has no labels");
    }
    return labels[Objects.checkIndex(row, size)];
  }

  /**
   * The first rows of this set.
   *
   * @param rows how many, at least 1
   * @return this set itself if it has no more than that
   * @throws IllegalArgumentException if rows is below 1
   */
  public Dataset limit(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("limit " + rows + ": at least 1 row is needed");
    }
    if (rows >= size) {
      return this;
    }
    return new Dataset(
        name,
        shape,
        bytes == null ? null : Arrays.copyOf(bytes, rows * features),
        floats == null ? null : Arrays.copyOf(floats, rows * features),
        labels == null ? null : Arrays.copyOf(labels, rows));
  }

  /** As in {@code MNIST train: 60000 samples of 1x28x28 bytes, with labels}. */
  @Override
  public String toString() {
    return "%s: %d samples of %s %s%s"
        .formatted(
            name, size, shape, isBytes() ? "bytes" : "floats", hasLabels() ? ", with labels" : "");
  }
}
