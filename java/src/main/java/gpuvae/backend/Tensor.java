package gpuvae.backend;

import java.util.Arrays;
import java.util.Objects;

/**
 * A shape, a type and a place in a backend's memory. Row-major and contiguous; immutable; views
 * share the storage. Freeing is the backend's business ({@link Backend#free}).
 */
public final class Tensor {
  private final Storage storage;
  private final long offset;
  private final int[] shape;
  private final long size;

  private Tensor(Storage storage, long offset, int[] shape) {
    this.storage = Objects.requireNonNull(storage, "storage");
    this.offset = offset;
    this.shape = shape;
    this.size = sizeOf(shape);
    if (offset < 0 || offset + size > storage.size()) {
      throw new IllegalArgumentException(
          "a tensor of shape %s at offset %d does not fit a storage of %d elements"
              .formatted(Arrays.toString(shape), offset, storage.size()));
    }
  }

  /** The whole of {@code storage}, or its beginning, in the given shape. */
  public static Tensor of(Storage storage, int... shape) {
    return new Tensor(storage, 0, shape.clone());
  }

  /** The number of elements of a shape; shape [] has one. */
  public static long sizeOf(int... shape) {
    long size = 1;
    for (int dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("negative dimension in " + Arrays.toString(shape));
      }
      size = Math.multiplyExact(size, dimension);
    }
    return size;
  }

  /** A view that begins {@code from} elements into this tensor; it must fit inside. */
  public Tensor view(long from, int... viewShape) {
    if (from < 0 || from + sizeOf(viewShape) > size) {
      throw new IllegalArgumentException(
          "a view of shape %s at %d leaves %s".formatted(Arrays.toString(viewShape), from, this));
    }
    return new Tensor(storage, offset + from, viewShape.clone());
  }

  /** Where the elements are. */
  public Storage storage() {
    return storage;
  }

  /** Elements between the start of the storage and this tensor's first. */
  public long offset() {
    return offset;
  }

  /** The type of the elements. */
  public ElementType type() {
    return storage.type();
  }

  /** The number of elements. */
  public long size() {
    return size;
  }

  /** The shape, a copy. */
  public int[] shape() {
    return shape.clone();
  }

  /** The first dimension; 1 for shape []. */
  public int rows() {
    return shape.length == 0 ? 1 : shape[0];
  }

  /** Elements in a row: the product of all dimensions after the first. */
  public int columns() {
    int columns = 1;
    for (int i = 1; i < shape.length; i++) {
      columns *= shape[i];
    }
    return columns;
  }

  @Override
  public String toString() {
    return type() + Arrays.toString(shape);
  }
}
