package gpuvae.backend.reference;

import gpuvae.backend.Algorithms;
import gpuvae.backend.Backend;
import gpuvae.backend.Binding;
import gpuvae.backend.Device;
import gpuvae.backend.ElementType;
import gpuvae.backend.Precision;
import gpuvae.backend.StepKey;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The memory of {@link DoubleBackend}: F32 tensors are doubles inside, floats outside. */
abstract class DoubleMemory implements Backend {
  @Override
  public Device device() {
    return new Device(
        "double", 0, Precision.FLOAT32, Binding.FFM, Algorithms.DETERMINISTIC, "a test's oracle");
  }

  @Override
  public Tensor allocate(ElementType type, int... shape) {
    return Tensor.of(new DoubleStorage(type, Tensor.sizeOf(shape)), shape);
  }

  @Override
  public void free(Tensor tensor) {
    storage(tensor).free();
  }

  /** The values of an F32 or F64 tensor, unrounded. */
  public double[] doubles(Tensor tensor) {
    double[] copy = new double[Math.toIntExact(tensor.size())];
    System.arraycopy(storage(tensor).doubles(), (int) tensor.offset(), copy, 0, copy.length);
    return copy;
  }

  /** Sets the first values of an F32 or F64 tensor, unrounded. */
  public void setDoubles(Tensor tensor, double... values) {
    Tensor part = tensor.view(0, values.length);
    System.arraycopy(values, 0, storage(part).doubles(), (int) part.offset(), values.length);
  }

  @Override
  public void write(Tensor destination, float[] source, int offset, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = source[offset + i];
    }
    setDoubles(destination, values);
  }

  @Override
  public void write(Tensor destination, MemorySegment source) {
    long count = source.byteSize() / destination.type().bytes();
    Tensor part = destination.view(0, Math.toIntExact(count));
    for (long i = 0; i < count; i++) {
      int at = (int) (part.offset() + i);
      switch (part.type()) {
        case F32 ->
            storage(part).doubles()[at] = source.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i);
        case F64 ->
            storage(part).doubles()[at] = source.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8 * i);
        case I64 -> storage(part).longs()[at] = source.get(ValueLayout.JAVA_LONG_UNALIGNED, 8 * i);
        case I32 -> storage(part).longs()[at] = source.get(ValueLayout.JAVA_INT_UNALIGNED, 4 * i);
        case U8 -> storage(part).longs()[at] = source.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
      }
    }
  }

  @Override
  public void writeLong(Tensor destination, int index, long value) {
    Tensor word = destination.view(index, 1);
    storage(word).longs()[(int) word.offset()] = value;
  }

  @Override
  public void read(Tensor source, float[] destination, int offset, int count) {
    double[] values = doubles(source.view(0, count));
    for (int i = 0; i < count; i++) {
      destination[offset + i] = (float) values[i];
    }
  }

  @Override
  public void read(Tensor source, MemorySegment destination) {
    long count = Math.min(source.size(), destination.byteSize() / source.type().bytes());
    for (long i = 0; i < count; i++) {
      int at = (int) (source.offset() + i);
      switch (source.type()) {
        case F32 ->
            destination.set(
                ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i, (float) storage(source).doubles()[at]);
        case F64 ->
            destination.set(
                ValueLayout.JAVA_DOUBLE_UNALIGNED, 8 * i, storage(source).doubles()[at]);
        case I64 ->
            destination.set(ValueLayout.JAVA_LONG_UNALIGNED, 8 * i, storage(source).longs()[at]);
        case I32 ->
            destination.set(
                ValueLayout.JAVA_INT_UNALIGNED, 4 * i, (int) storage(source).longs()[at]);
        case U8 -> destination.set(ValueLayout.JAVA_BYTE, i, (byte) storage(source).longs()[at]);
      }
    }
  }

  @Override
  public void synchronize() {}

  @Override
  public void close() {}

  @Override
  public void run(StepKey key, Runnable body) {
    body.run();
  }

  static DoubleStorage storage(Tensor tensor) {
    return (DoubleStorage) tensor.storage();
  }

  static long integer(Tensor tensor, long index) {
    Tensor element = tensor.view(index, 1);
    return storage(element).longs()[(int) element.offset()];
  }

  static void setInteger(Tensor tensor, long index, long value) {
    Tensor element = tensor.view(index, 1);
    storage(element).longs()[(int) element.offset()] = value;
  }

  static long word(StepState state, int word) {
    return storage(state.words()).longs()[(int) state.words().offset() + word];
  }

  static double number(StepState state, int word) {
    return Double.longBitsToDouble(word(state, word));
  }

  static void set(StepState state, int word, long value) {
    storage(state.words()).longs()[(int) state.words().offset() + word] = value;
  }

  static void set(StepState state, int word, double value) {
    set(state, word, Double.doubleToRawLongBits(value));
  }
}
