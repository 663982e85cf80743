package gpuvae.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Calls a library through the FFM API and checks every status. The methods that take a lambda are
 * for calls outside a step: what a step calls must not allocate.
 */
abstract class CheckedCalls {
  /** The same in every library. */
  static final int SUCCESS = 0;

  private final NativeLibrary library;

  CheckedCalls(NativeLibrary library) {
    this.library = library;
  }

  /** A downcall. */
  @FunctionalInterface
  interface Call {
    int invoke() throws Throwable;
  }

  /** A downcall that answers through a cell of eight bytes. */
  @FunctionalInterface
  interface CallWithCell {
    int invoke(MemorySegment cell) throws Throwable;
  }

  /** What a status other than success becomes. */
  public abstract CudaException failure(String call, int status, String detail);

  final NativeLibrary library() {
    return library;
  }

  final MemorySegment at(CFunction function) {
    return library.at(function);
  }

  final void check(CFunction function, int status) {
    if (status != SUCCESS) {
      throw failure(function.name(), status, "");
    }
  }

  final void call(CFunction function, Call call) {
    check(function, status(call));
  }

  static int status(Call call) {
    try {
      return call.invoke();
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  final int getInt(CFunction function, CallWithCell call) {
    try (Arena arena = Arena.ofConfined()) {
      return withCell(arena, function, "", call).get(JAVA_INT, 0);
    }
  }

  final float getFloat(CFunction function, CallWithCell call) {
    try (Arena arena = Arena.ofConfined()) {
      return withCell(arena, function, "", call).get(JAVA_FLOAT, 0);
    }
  }

  final long getLong(CFunction function, CallWithCell call) {
    return getLong(function, "", call);
  }

  final long getLong(CFunction function, String detail, CallWithCell call) {
    try (Arena arena = Arena.ofConfined()) {
      return withCell(arena, function, detail, call).get(JAVA_LONG, 0);
    }
  }

  private MemorySegment withCell(
      Arena arena, CFunction function, String detail, CallWithCell call) {
    MemorySegment cell = arena.allocate(JAVA_LONG);
    int status = status(() -> call.invoke(cell));
    if (status != SUCCESS) {
      throw failure(function.name(), status, detail);
    }
    return cell;
  }

  /** The text at an address; a fixed word for none. */
  @SuppressWarnings("restricted")
  static String text(MemorySegment address) {
    return address.equals(MemorySegment.NULL)
        ? "unknown"
        : address.reinterpret(Long.MAX_VALUE).getString(0);
  }

  /** The text whose address a call leaves in a cell. */
  static String textThrough(CallWithCell call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cell = arena.allocate(ADDRESS);
      int status = status(() -> call.invoke(cell));
      return status == SUCCESS ? text(cell.get(ADDRESS, 0)) : "unknown";
    }
  }

  /** A downcall throws only what it finds wrong with its arguments. */
  static RuntimeException unchecked(Throwable e) {
    if (e instanceof RuntimeException refused) {
      return refused;
    }
    if (e instanceof Error error) {
      throw error;
    }
    throw new AssertionError("C functions throw nothing", e);
  }

  /** A library's version, such as "13.1.0", from parts of libraryPropertyType. */
  final String version(CFunction property, List<Integer> parts) {
    return parts.stream()
        .map(
            part ->
                getInt(
                    property,
                    cell ->
                        (int) property.handle().invokeExact(at(property), part.intValue(), cell)))
        .map(String::valueOf)
        .collect(Collectors.joining("."));
  }
}
