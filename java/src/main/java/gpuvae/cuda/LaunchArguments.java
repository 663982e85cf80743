package gpuvae.cuda;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The arguments of a launch, in one block that is made once: slots of eight bytes, and the array of
 * their addresses that cuLaunchKernel reads. A launch has read them when it returns, so the next
 * one may put others. Putting allocates nothing.
 */
public final class LaunchArguments {
  private static final long SLOT = Long.BYTES;

  private final MemorySegment values;
  private final MemorySegment pointers;
  private long end;

  /** For kernels of at most so many parameters. */
  public LaunchArguments(int capacity) {
    MemorySegment block = Arena.ofAuto().allocate(2 * SLOT * capacity, SLOT);
    values = block.asSlice(0, SLOT * capacity);
    pointers = block.asSlice(SLOT * capacity);
    for (int i = 0; i < capacity; i++) {
      pointers.setAtIndex(JAVA_LONG, i, values.address() + SLOT * i);
    }
  }

  /** Begins with the first parameter again. */
  public LaunchArguments clear() {
    end = 0;
    return this;
  }

  /** The next parameter, int or unsigned int. */
  public LaunchArguments putInt(int value) {
    values.set(JAVA_INT, next(), value);
    return this;
  }

  /** The next parameter, of 64 bits. */
  public LaunchArguments putLong(long value) {
    values.set(JAVA_LONG, next(), value);
    return this;
  }

  /** The next parameter, float. */
  public LaunchArguments putFloat(float value) {
    values.set(JAVA_FLOAT, next(), value);
    return this;
  }

  /** The next parameter, double. */
  public LaunchArguments putDouble(double value) {
    values.set(JAVA_DOUBLE, next(), value);
    return this;
  }

  /** The next parameter, a pointer to the device's memory. */
  public LaunchArguments putAddress(long address) {
    return putLong(address);
  }

  /** As cuLaunchKernel takes them. */
  MemorySegment pointers() {
    return pointers;
  }

  private long next() {
    long offset = end;
    end += SLOT;
    return offset;
  }
}
