package gpuvae.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Opens libraries by dlopen itself: SymbolLookup.libraryLookup drops dlerror's words, which say
 * whether a library is absent, damaged or lacks another one. Without dlopen (Windows) it has to do.
 */
@SuppressWarnings("restricted")
final class DynamicLoader {
  static final DynamicLoader INSTANCE = new DynamicLoader();

  private static final int RTLD_LAZY = 1;
  private static final int RTLD_DI_LINKMAP = 2;
  private static final long TEXT_LIMIT = 4096;

  /** Offset of l_name in struct link_map, after the address. */
  private static final long LINK_MAP_NAME = 8;

  /**
   * What came of it.
   *
   * @param path where the library is; null if it was not opened
   * @param refusal why it was not opened; null if it was
   */
  record Answer(String path, String refusal) {}

  private final Optional<MethodHandle> dlopen;
  private final Optional<MethodHandle> dlclose;
  private final Optional<MethodHandle> dlerror;
  private final Optional<MethodHandle> dlinfo;

  private DynamicLoader() {
    dlopen = function("dlopen", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    dlclose = function("dlclose", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    dlerror = function("dlerror", FunctionDescriptor.of(ADDRESS));
    dlinfo = function("dlinfo", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
  }

  private static Optional<MethodHandle> function(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.defaultLookup().find(name).map(at -> linker.downcallHandle(at, type));
  }

  /** Opens a library and closes it again. */
  Answer tryOpen(String name) {
    try (Arena arena = Arena.ofConfined()) {
      if (dlopen.isEmpty() || dlerror.isEmpty() || dlclose.isEmpty()) {
        SymbolLookup.libraryLookup(name, arena);
        return new Answer(name, null);
      }
      MemorySegment handle =
          (MemorySegment) dlopen.get().invokeExact(arena.allocateFrom(name), RTLD_LAZY);
      if (handle.equals(MemorySegment.NULL)) {
        return new Answer(null, text((MemorySegment) dlerror.get().invokeExact()));
      }
      String path = path(handle, name, arena);
      int ignored = (int) dlclose.get().invokeExact(handle);
      return new Answer(path, null);
    } catch (IllegalArgumentException e) {
      return new Answer(null, name + ": " + e.getMessage());
    } catch (Throwable e) {
      throw new AssertionError("the dynamic loader throws nothing", e);
    }
  }

  /** Where the system found it, from its entry in the list of loaded libraries. */
  private String path(MemorySegment handle, String name, Arena arena) throws Throwable {
    if (dlinfo.isEmpty()) {
      return name;
    }
    MemorySegment slot = arena.allocate(ADDRESS);
    int status = (int) dlinfo.get().invokeExact(handle, RTLD_DI_LINKMAP, slot);
    if (status != 0) {
      return name;
    }
    MemorySegment entry = slot.get(ADDRESS, 0).reinterpret(LINK_MAP_NAME + ADDRESS.byteSize());
    return text(entry.get(ADDRESS, LINK_MAP_NAME));
  }

  private static String text(MemorySegment address) {
    return address.equals(MemorySegment.NULL)
        ? "no reason given"
        : address.reinterpret(TEXT_LIMIT).getString(0);
  }
}
