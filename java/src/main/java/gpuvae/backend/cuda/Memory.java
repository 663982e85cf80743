package gpuvae.backend.cuda;

import gpuvae.backend.OutOfDeviceMemoryException;
import gpuvae.cuda.CudaContext;
import gpuvae.cuda.CudaException;
import gpuvae.cuda.CudaOutOfMemoryException;
import gpuvae.cuda.DeviceMemory;
import gpuvae.cuda.MemoryInfo;
import gpuvae.cuda.PinnedMemory;
import java.util.function.Supplier;

/** The device's and pinned memory, on a ledger. */
final class Memory {
  private final CudaContext context;
  private final Faults faults;
  private final Ledger ledger = new Ledger();

  Memory(CudaContext context, Faults faults) {
    this.context = context;
    this.faults = faults;
  }

  Ledger ledger() {
    return ledger;
  }

  /**
   * Memory on the device; the contents are undefined.
   *
   * @param what it is for, in messages
   */
  DeviceMemory allocate(String what, long bytes) {
    return take(what, bytes, () -> context.allocate(Math.max(1, bytes)));
  }

  /** Page-locked memory of the host; the contents are undefined. */
  PinnedMemory allocatePinned(String what, long bytes) {
    return take(what + " (pinned)", bytes, () -> context.allocatePinned(bytes));
  }

  private <T extends AutoCloseable> T take(String what, long bytes, Supplier<T> allocation) {
    try {
      T taken = allocation.get();
      ledger.add(taken, what, bytes);
      return taken;
    } catch (CudaOutOfMemoryException e) {
      throw outOfMemory(what, bytes, e);
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  private OutOfDeviceMemoryException outOfMemory(String what, long bytes, CudaException e) {
    MemoryInfo info;
    try {
      info = context.memoryInfo();
    } catch (CudaException worse) {
      worse.addSuppressed(e);
      throw faults.of(worse);
    }
    return new OutOfDeviceMemoryException(
        ("no room for %s, %d bytes, beside %d in use here; %d of %d are free on %s (%s);"
                + " a smaller batch, a smaller model, or ending what else runs there may help")
            .formatted(
                what,
                bytes,
                ledger.bytes(),
                info.free(),
                info.total(),
                context.device().name(),
                e.getMessage()));
  }

  /** Gives it back; a second time does nothing. */
  void free(DeviceMemory memory) {
    ledger.remove(memory);
    faults.translate(memory::close);
  }

  /** Gives it back; a second time does nothing. */
  void free(PinnedMemory memory) {
    ledger.remove(memory);
    faults.translate(memory::close);
  }
}
