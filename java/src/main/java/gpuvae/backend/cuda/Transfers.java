package gpuvae.backend.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import gpuvae.cuda.Cleanup;
import gpuvae.cuda.CudaContext;
import gpuvae.cuda.CudaEvent;
import gpuvae.cuda.CudaStream;
import gpuvae.cuda.PinnedMemory;
import java.lang.foreign.MemorySegment;

/**
 * Copies between the host's memory of any kind and the device, through two pinned blocks: one is
 * filled while the device reads the other.
 */
final class Transfers implements Part {
  private static final int BLOCKS = 2;
  private static final long BLOCK_BYTES = 1L << 20;

  private final Memory memory;
  private final CudaStream stream;
  private final PinnedMemory[] blocks = new PinnedMemory[BLOCKS];
  private final CudaEvent[] read = new CudaEvent[BLOCKS];
  private int next;

  Transfers(CudaContext context, CudaStream stream, Memory memory) {
    this.memory = memory;
    this.stream = stream;
    for (int i = 0; i < BLOCKS; i++) {
      blocks[i] = memory.allocatePinned("a block for copies", BLOCK_BYTES);
      read[i] = context.createEvent();
    }
  }

  /** Copies all of {@code source}, which may be reused on return. */
  void toDevice(long destination, MemorySegment source) {
    long size = source.byteSize();
    for (long done = 0; done < size; done += BLOCK_BYTES) {
      long count = Math.min(BLOCK_BYTES, size - done);
      next = (next + 1) % BLOCKS;
      read[next].synchronize();
      MemorySegment block = blocks[next].segment();
      MemorySegment.copy(source, done, block, 0, count);
      stream.copyToDevice(destination + done, block, count);
      stream.record(read[next]);
    }
  }

  /** Fills {@code destination}; waits for the device. */
  void toHost(long source, MemorySegment destination) {
    long size = destination.byteSize();
    for (long done = 0; done < size; done += BLOCK_BYTES) {
      long count = Math.min(BLOCK_BYTES, size - done);
      MemorySegment block = blocks[next].segment();
      stream.copyToHost(block, source + done, count);
      stream.synchronize();
      MemorySegment.copy(block, JAVA_BYTE, 0, destination, JAVA_BYTE, done, count);
    }
  }

  @Override
  public void close() {
    Cleanup cleanup = new Cleanup();
    for (int i = 0; i < BLOCKS; i++) {
      PinnedMemory block = blocks[i];
      cleanup.then(read[i]::close).then(() -> memory.free(block));
    }
    cleanup.end();
  }
}
