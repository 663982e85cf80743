package gpuvae.backend.cuda;

import gpuvae.cuda.Cleanup;
import gpuvae.cuda.CudaException;
import gpuvae.cuda.CudaStream;
import gpuvae.cuda.DeviceMemory;

/** What kernels leave for their last block. Launches on one stream share it. */
final class Scratch implements Part {
  /** Partial sums of the gradient norm. */
  static final int SQUARES = 256;

  private static final int TICKET_BYTES = 256;

  private final Memory memory;
  private final GraphCache graphs;
  private final DeviceMemory fixed;
  private DeviceMemory rowSums;

  Scratch(Memory memory, CudaStream stream, GraphCache graphs, Faults faults) {
    this.memory = memory;
    this.graphs = graphs;
    fixed = memory.allocate("partial sums", TICKET_BYTES + Double.BYTES * SQUARES);
    try {
      // Kernels leave it 0 behind.
      stream.fill32(ticket(), 0, TICKET_BYTES / Integer.BYTES);
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  /** An int, 0 between launches. */
  long ticket() {
    return fixed.address();
  }

  /** {@link #SQUARES} doubles. */
  long squares() {
    return fixed.address() + TICKET_BYTES;
  }

  /** A float for each row and 32 columns. Grows the first time that a step has so many. */
  long rowSums(int rows, int columns) {
    long bytes = (long) Float.BYTES * rows * Math.ceilDiv(columns, 32);
    if (rowSums == null || rowSums.size() < bytes) {
      graphs.clear();
      free();
      rowSums = memory.allocate("row sums of the loss", bytes);
    }
    return rowSums.address();
  }

  private void free() {
    if (rowSums != null) {
      DeviceMemory old = rowSums;
      rowSums = null;
      memory.free(old);
    }
  }

  @Override
  public void close() {
    new Cleanup().then(this::free).then(() -> memory.free(fixed)).end();
  }
}
