package gpuvae.io;

import java.util.Arrays;

/**
 * A tensor's entry in a safetensors header.
 *
 * @param name its name, unique in the file
 * @param dtype its element type
 * @param shape its sizes, row-major; empty for a scalar, which has one element
 * @param begin the offset of its first byte in the file's data part
 * @param end the offset after its last byte
 */
public record TensorInfo(String name, DType dtype, long[] shape, long begin, long end) {
  /** Copies {@code shape}. */
  public TensorInfo {
    shape = shape.clone();
  }

  /** A copy of the sizes. */
  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** The number of elements, 1 for a scalar. */
  public long elements() {
    return bytes() / dtype.bytes();
  }

  /** The size of the data. */
  public long bytes() {
    return end - begin;
  }

  /**
   * The size in bytes that a type and shape ask for.
   *
   * @throws ArithmeticException if it exceeds a long
   */
  static long bytes(DType dtype, long[] shape) {
    long elements = 1;
    for (long size : shape) {
      elements = Math.multiplyExact(elements, size);
    }
    return Math.multiplyExact(elements, dtype.bytes());
  }

  @Override
  public String toString() {
    return name + " " + dtype + Arrays.toString(shape);
  }
}
