package gpuvae.backend.cpu;

import gpuvae.backend.ElementType;
import gpuvae.backend.Storage;
import gpuvae.backend.Tensor;
import java.lang.foreign.ValueLayout;

/** An array. */
final class CpuStorage implements Storage {
  private final ElementType type;
  private final int first;
  private final int size;
  private Object array;

  /**
   * Room for so many elements.
   *
   * @throws ArithmeticException if they are more than fit an array
   */
  CpuStorage(ElementType type, long elements) {
    this.type = type;
    first = type == ElementType.F32 ? CacheLines.FIRST : 0;
    size = Math.toIntExact(first + elements);
    array =
        switch (type) {
          case U8 -> new byte[size];
          case I32 -> new int[size];
          case I64 -> new long[size];
          case F32 -> new float[size];
          case F64 -> new double[size];
        };
  }

  @Override
  public ElementType type() {
    return type;
  }

  @Override
  public long size() {
    return size;
  }

  /** From which element on it is used. */
  int first() {
    return first;
  }

  /** The storage of a tensor. */
  static CpuStorage of(Tensor tensor) {
    if (tensor.storage() instanceof CpuStorage storage) {
      return storage;
    }
    throw new IllegalArgumentException(tensor + " is not in the CPU backend's memory");
  }

  /** The array of a tensor's storage. */
  static Object array(Tensor tensor) {
    Object array = of(tensor).array;
    if (array == null) {
      throw new IllegalStateException(tensor + " was freed");
    }
    return array;
  }

  /** The array of an F32 tensor. */
  static float[] floats(Tensor tensor) {
    if (array(tensor) instanceof float[] floats) {
      return floats;
    }
    throw wrongType(tensor, ElementType.F32);
  }

  /** The array of an I64 tensor. */
  static long[] longs(Tensor tensor) {
    if (array(tensor) instanceof long[] longs) {
      return longs;
    }
    throw wrongType(tensor, ElementType.I64);
  }

  /** The array of a U8 tensor. */
  static byte[] bytes(Tensor tensor) {
    if (array(tensor) instanceof byte[] bytes) {
      return bytes;
    }
    throw wrongType(tensor, ElementType.U8);
  }

  private static IllegalArgumentException wrongType(Tensor tensor, ElementType wanted) {
    return new IllegalArgumentException(tensor + " where the type must be " + wanted);
  }

  /** Lets go of the array; false if that was done before. */
  boolean free() {
    boolean held = array != null;
    array = null;
    return held;
  }

  long bytes() {
    return (long) size * type.bytes();
  }

  /** How elements look in memory, at any address. */
  ValueLayout layout() {
    return switch (type) {
      case U8 -> ValueLayout.JAVA_BYTE;
      case I32 -> ValueLayout.JAVA_INT_UNALIGNED;
      case I64 -> ValueLayout.JAVA_LONG_UNALIGNED;
      case F32 -> ValueLayout.JAVA_FLOAT_UNALIGNED;
      case F64 -> ValueLayout.JAVA_DOUBLE_UNALIGNED;
    };
  }
}
