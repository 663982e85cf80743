package gpuvae.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The calls of native/include/softcuda.h; a test that needs them is skipped on a real card. */
@SuppressWarnings("restricted")
public final class SoftwareDevice {
  private final MethodHandle fail;
  private final MethodHandle failed;
  private final MethodHandle defer;
  private final MethodHandle reportCount;
  private final MethodHandle launches;

  private SoftwareDevice(SymbolLookup library) {
    fail = find(library, "softcudaFail", null, ADDRESS, JAVA_LONG, JAVA_INT);
    failed = find(library, "softcudaFailed", ADDRESS);
    defer = find(library, "softcudaDefer", JAVA_INT, JAVA_LONG);
    reportCount = find(library, "softcudaReportCount", JAVA_INT);
    launches = find(library, "softcudaLaunches", JAVA_LONG);
  }

  /** Of the driver that tests run on. */
  public static SoftwareDevice get() {
    String driver =
        CudaDeviceForTests.libraries()
            .find(LibraryProbe.Library.CUDA)
            .path()
            .orElseThrow(() -> new IllegalStateException("no CUDA driver"));
    SymbolLookup library = SymbolLookup.libraryLookup(driver, Arena.global());
    Assumptions.assumeTrue(
        library.find("softcudaFail").isPresent(), "this is not the software CUDA device");
    return new SoftwareDevice(library);
  }

  private static MethodHandle find(
      SymbolLookup library, String name, MemoryLayout result, MemoryLayout... parameters) {
    FunctionDescriptor type =
        result == null
            ? FunctionDescriptor.ofVoid(parameters)
            : FunctionDescriptor.of(result, parameters);
    return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
  }

  /** Lets the n-th from now of these calls answer a status instead of doing its work. */
  public void fail(String calls, long n, int status) {
    try (Arena arena = Arena.ofConfined()) {
      fail.invokeExact(arena.allocateFrom(calls), n, status);
    } catch (Throwable e) {
      throw CheckedCalls.unchecked(e);
    }
  }

  /** Lets no call fail any more. */
  public void disarm() {
    fail("", 0, 0);
  }

  /** The function that was made to fail; null if it has not been called. */
  public String failed() {
    try {
      MemorySegment name = (MemorySegment) failed.invokeExact();
      return name.equals(MemorySegment.NULL) ? null : CheckedCalls.text(name);
    } catch (Throwable e) {
      throw CheckedCalls.unchecked(e);
    }
  }

  /** Lets work wait until something waits for it, in an order that a seed chooses; 0 ends that. */
  public void defer(long seed) {
    try {
      int status = (int) defer.invokeExact(seed);
      Assertions.assertEquals(0, status, "work that was waiting failed");
    } catch (Throwable e) {
      throw CheckedCalls.unchecked(e);
    }
  }

  /** Findings of its checks. */
  public int reportCount() {
    try {
      return (int) reportCount.invokeExact();
    } catch (Throwable e) {
      throw CheckedCalls.unchecked(e);
    }
  }

  /** Kernels that have run. */
  public long launches() {
    try {
      return (long) launches.invokeExact();
    } catch (Throwable e) {
      throw CheckedCalls.unchecked(e);
    }
  }
}
