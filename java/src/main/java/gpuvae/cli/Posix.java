package gpuvae.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * What the C library knows of a terminal. java.io.Console knows only of standard input and output
 * together, and nothing of the width. Where these functions are missing (Windows), it is asked.
 */
@SuppressWarnings("restricted")
final class Posix {
  static final Posix INSTANCE = new Posix();

  /** The request for the window size. */
  private static final long TIOCGWINSZ =
      System.getProperty("os.name").startsWith("Mac") ? 0x40087468L : 0x5413L;

  private final Optional<MethodHandle> isatty;
  private final Optional<MethodHandle> ioctl;

  private Posix() {
    isatty = function("isatty", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    ioctl =
        function(
            "ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
            Linker.Option.firstVariadicArg(2));
  }

  private static Optional<MethodHandle> function(
      String name, FunctionDescriptor type, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find(name)
        .map(address -> linker.downcallHandle(address, type, options));
  }

  /** Whether a file descriptor is a terminal. */
  boolean isTerminal(int descriptor) {
    if (isatty.isEmpty()) {
      return System.console() != null && System.console().isTerminal();
    }
    try {
      return (int) isatty.get().invokeExact(descriptor) == 1;
    } catch (Throwable e) {
      throw new AssertionError("isatty throws nothing", e);
    }
  }

  /** Columns of a terminal; 0 if not known. */
  int columns(int descriptor) {
    if (ioctl.isEmpty()) {
      return 0;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(JAVA_SHORT, 4);
      int status = (int) ioctl.get().invokeExact(descriptor, TIOCGWINSZ, size);
      return status == 0 ? Short.toUnsignedInt(size.getAtIndex(JAVA_SHORT, 1)) : 0;
    } catch (Throwable e) {
      throw new AssertionError("ioctl throws nothing", e);
    }
  }
}
