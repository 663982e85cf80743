package gpuvae.backend.cuda;

import gpuvae.cuda.Cleanup;
import gpuvae.cuda.CudaStream;
import gpuvae.cuda.DeviceMemory;

/**
 * What kernels leave for their last block. Launches on the steps' stream share it, but for the
 * ticket of what is fetched beside them.
 */
final class Scratch implements Part {
  /** Partial sums of the gradient norm. */
  static final int SQUARES = 256;

  private static final int TICKET_BYTES = 256;
  private static final int FETCH_TICKET = 128;

  private final Memory memory;
  private final CudaStream stream;
  private final Faults faults;
  private final DeviceMemory fixed;
  private final GrowingMemory sums;
  private final GrowingMemory tickets;

  Scratch(Memory memory, CudaStream stream, GraphCache graphs, Faults faults) {
    this.memory = memory;
    this.stream = stream;
    this.faults = faults;
    sums = new GrowingMemory("partial sums", memory, graphs);
    tickets = new GrowingMemory("tickets of channels", memory, graphs, this::clear);
    fixed = memory.allocate("a ticket and partial sums", TICKET_BYTES + Double.BYTES * SQUARES);
    clear(fixed);
  }

  /** Kernels leave tickets 0 behind. */
  private void clear(DeviceMemory fresh) {
    faults.translate(() -> stream.fill32(fresh.address(), 0, fresh.size() / Integer.BYTES));
  }

  /** An int, or as many as a launch needs, 0 between launches. */
  long ticket() {
    return fixed.address();
  }

  /** An int of Backend.fetch alone, 0 between launches. */
  long fetchTicket() {
    return fixed.address() + FETCH_TICKET;
  }

  /** An int for each channel, 0 between launches. */
  long tickets(int channels) {
    return tickets.atLeast((long) Integer.BYTES * channels).address();
  }

  /** {@link #SQUARES} doubles. */
  long squares() {
    return fixed.address() + TICKET_BYTES;
  }

  /** So many floats. */
  long sums(long count) {
    return sums.atLeast(Float.BYTES * count).address();
  }

  @Override
  public void close() {
    new Cleanup().then(sums::close).then(tickets::close).then(() -> memory.free(fixed)).end();
  }
}
