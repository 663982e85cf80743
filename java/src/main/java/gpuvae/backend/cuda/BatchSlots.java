package gpuvae.backend.cuda;

import gpuvae.cuda.Cleanup;
import gpuvae.cuda.CudaContext;
import gpuvae.cuda.CudaEvent;
import gpuvae.cuda.CudaStream;
import gpuvae.cuda.PinnedMemory;
import java.lang.foreign.MemorySegment;

/**
 * Host batches on a stream of their own: one is copied to its slot while the step before works on
 * the other. A third waits for the first to have left its pinned block.
 */
final class BatchSlots implements Part {
  private static final int SLOTS = 2;
  private static final int NONE = -1;

  private final Memory memory;
  private final CudaStream steps;
  private final CudaStream copies;
  private final PinnedMemory[] blocks = new PinnedMemory[SLOTS];
  private final CudaEvent[] copied = new CudaEvent[SLOTS];
  private final CudaEvent[] used = new CudaEvent[SLOTS];
  private int filled = NONE;

  BatchSlots(CudaContext context, CudaStream steps, Memory memory) {
    this.memory = memory;
    this.steps = steps;
    copies = context.createStream();
    for (int i = 0; i < SLOTS; i++) {
      copied[i] = context.createEvent();
      used[i] = context.createEvent();
    }
  }

  /** Copies a batch to the slot at {@code destination}; the source may be reused on return. */
  void write(int slot, long destination, MemorySegment source) {
    long bytes = source.byteSize();
    copied[slot].synchronize();
    MemorySegment block = block(slot, bytes);
    MemorySegment.copy(source, 0, block, 0, bytes);
    copies.waitFor(used[slot]);
    copies.copyToDevice(destination, block, bytes);
    copies.record(copied[slot]);
    steps.waitFor(copied[slot]);
    filled = slot;
  }

  private MemorySegment block(int slot, long bytes) {
    if (blocks[slot] == null || blocks[slot].segment().byteSize() < bytes) {
      free(slot);
      blocks[slot] = memory.allocatePinned("a host batch", bytes);
    }
    return blocks[slot].segment();
  }

  /** The step that was just given is the one that uses the slot filled last. */
  void stepGiven() {
    if (filled != NONE) {
      steps.record(used[filled]);
      filled = NONE;
    }
  }

  private void free(int slot) {
    if (blocks[slot] != null) {
      PinnedMemory block = blocks[slot];
      blocks[slot] = null;
      memory.free(block);
    }
  }

  @Override
  public void close() {
    Cleanup cleanup = new Cleanup();
    for (int i = 0; i < SLOTS; i++) {
      int slot = i;
      cleanup.then(() -> free(slot)).then(copied[i]::close).then(used[i]::close);
    }
    cleanup.then(copies::close).end();
  }
}
