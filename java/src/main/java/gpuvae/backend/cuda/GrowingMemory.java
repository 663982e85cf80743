package gpuvae.backend.cuda;

import gpuvae.cuda.DeviceMemory;
import java.util.function.Consumer;

/**
 * Memory on the device that grows when an operation asks for more than any before; recordings that
 * work on it are dropped then. So a step asks for all in its first, plain run.
 */
final class GrowingMemory implements Part {
  private final String what;
  private final Memory memory;
  private final GraphCache graphs;
  private final Consumer<DeviceMemory> prepare;
  private DeviceMemory held;

  /**
   * None yet.
   *
   * @param what it is for, in messages
   * @param prepare what is done with it whenever it has grown, for nothing that was in it is kept
   */
  GrowingMemory(String what, Memory memory, GraphCache graphs, Consumer<DeviceMemory> prepare) {
    this.what = what;
    this.memory = memory;
    this.graphs = graphs;
    this.prepare = prepare;
  }

  /** Of contents that do not matter. */
  GrowingMemory(String what, Memory memory, GraphCache graphs) {
    this(what, memory, graphs, fresh -> {});
  }

  /** At least so many bytes. */
  DeviceMemory atLeast(long bytes) {
    if (held == null || held.size() < bytes) {
      graphs.clear();
      close();
      DeviceMemory fresh = memory.allocate(what, bytes);
      try {
        prepare.accept(fresh);
      } catch (RuntimeException e) {
        memory.free(fresh);
        throw e;
      }
      held = fresh;
    }
    return held;
  }

  @Override
  public void close() {
    if (held != null) {
      DeviceMemory old = held;
      held = null;
      memory.free(old);
    }
  }
}
