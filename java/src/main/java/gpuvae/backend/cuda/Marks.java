package gpuvae.backend.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import gpuvae.cuda.Cleanup;
import gpuvae.cuda.CudaContext;
import gpuvae.cuda.CudaEvent;
import gpuvae.cuda.CudaStream;
import gpuvae.cuda.PinnedMemory;
import java.lang.foreign.MemorySegment;

/** Places in the stream's work, and a stream of their own for reads that wait for no more. */
final class Marks implements Part {
  private static final int KEPT = 16;
  private static final long BLOCK_BYTES = 4096;

  private final Memory memory;
  private final CudaStream steps;
  private final CudaStream reads;
  private final PinnedMemory block;
  private final CudaEvent[] places = new CudaEvent[KEPT];
  private long last = -1;

  Marks(CudaContext context, CudaStream steps, Memory memory) {
    this.memory = memory;
    this.steps = steps;
    reads = context.createStream();
    block = memory.allocatePinned("a block for reads", BLOCK_BYTES);
    for (int i = 0; i < KEPT; i++) {
      places[i] = context.createEvent();
    }
  }

  /** Where numbers leave a gap the mark stands for all that it took: a place is never too early. */
  void set(long number) {
    long first = number == last + 1 ? number : number - KEPT + 1;
    for (long each = first; each <= number; each++) {
      steps.record(place(each));
    }
    last = number;
  }

  private CudaEvent place(long number) {
    return places[(int) Math.floorMod(number, (long) KEPT)];
  }

  /**
   * Fills {@code destination} when the mark, or if it is gone the oldest that is not, is passed.
   */
  void toHost(long number, long source, MemorySegment destination) {
    reads.waitFor(place(Math.max(number, last - KEPT + 1)));
    long size = destination.byteSize();
    for (long done = 0; done < size; done += BLOCK_BYTES) {
      long count = Math.min(BLOCK_BYTES, size - done);
      reads.copyToHost(block.segment(), source + done, count);
      reads.synchronize();
      MemorySegment.copy(block.segment(), JAVA_BYTE, 0, destination, JAVA_BYTE, done, count);
    }
  }

  @Override
  public void close() {
    Cleanup cleanup = new Cleanup().then(() -> memory.free(block));
    for (CudaEvent place : places) {
      cleanup.then(place::close);
    }
    cleanup.then(reads::close).end();
  }
}
