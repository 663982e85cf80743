package gpuvae.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Page-locked memory of the host. */
public final class PinnedMemory extends Owned {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;

  @SuppressWarnings("restricted")
  PinnedMemory(CudaContext context, long address, long size) {
    super(context);
    segment = MemorySegment.ofAddress(address).reinterpret(size, arena, null);
  }

  /** The memory; after close it refuses every access. */
  public MemorySegment segment() {
    ensureOpen();
    return segment;
  }

  @Override
  void free() {
    arena.close();
    driver().freeHost(segment.address());
  }
}
