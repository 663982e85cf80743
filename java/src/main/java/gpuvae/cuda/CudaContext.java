package gpuvae.cuda;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A device's primary context, and the owner of all that is made in it. Its methods need it to be
 * current, except {@link #makeCurrent} and {@link #close}.
 */
public final class CudaContext implements AutoCloseable {
  private final CudaDevice device;
  private final long handle;
  private final Set<Owned> open = new LinkedHashSet<>();
  private boolean closed;

  CudaContext(CudaDevice device, long handle) {
    this.device = device;
    this.handle = handle;
    try {
      restore();
    } catch (CudaException e) {
      driver().releasePrimaryContext(device.handle());
      throw e;
    }
  }

  /** Which device it is of. */
  public CudaDevice device() {
    return device;
  }

  /** Makes it the calling thread's current context. */
  public void makeCurrent() {
    ensureOpen();
    restore();
  }

  /** Waits for all work in it. */
  public void synchronize() {
    ensureOpen();
    driver().synchronizeContext();
  }

  /** Makes it current and waits for all work in it; after a sticky error there is none. */
  public void drain() {
    ensureOpen();
    unlessLost(
        () -> {
          restore();
          driver().synchronizeContext();
        });
  }

  /** The device's memory, free and in all. */
  public MemoryInfo memoryInfo() {
    ensureOpen();
    return driver().memoryInfo();
  }

  /**
   * Allocates memory on the device; the contents are undefined.
   *
   * @param bytes more than 0
   * @throws CudaOutOfMemoryException if there is no room; the context stays usable
   */
  public DeviceMemory allocate(long bytes) {
    ensureOpen();
    return adopt(new DeviceMemory(this, driver().allocate(positive(bytes)), bytes));
  }

  /**
   * Allocates memory of the host that the device copies to and from while the host goes on; the
   * contents are undefined.
   *
   * @param bytes more than 0
   * @throws CudaOutOfMemoryException if there is no room; the context stays usable
   */
  public PinnedMemory allocatePinned(long bytes) {
    ensureOpen();
    return adopt(new PinnedMemory(this, driver().allocateHost(positive(bytes)), bytes));
  }

  /** Makes a stream that does not wait for the legacy default stream. */
  public CudaStream createStream() {
    ensureOpen();
    return adopt(new CudaStream(this, driver().createStream()));
  }

  /** Makes an event, which keeps the time. */
  public CudaEvent createEvent() {
    ensureOpen();
    return adopt(new CudaEvent(this, driver().createEvent()));
  }

  /**
   * Loads kernels.
   *
   * @param ptx their PTX, in ASCII
   * @param name for messages
   * @throws CudaException with the JIT's log if the driver refuses them
   */
  public CudaModule loadModule(byte[] ptx, String name) {
    ensureOpen();
    return adopt(new CudaModule(this, driver().loadModule(ptx, name)));
  }

  /**
   * Makes a cuBLAS handle whose work goes to a stream.
   *
   * @throws CudaUnavailableException if cuBLAS is absent or unusable
   */
  public CublasHandle createBlas(CudaStream stream) {
    ensureOpen();
    Blas blas = device.cuda().blas();
    stream.ensureOpen();
    CublasHandle made = adopt(new CublasHandle(this, blas, blas.create()));
    made.setStream(stream);
    return made;
  }

  /**
   * Makes a cuDNN handle whose work goes to a stream.
   *
   * @throws CudaUnavailableException if cuDNN is absent or unusable
   */
  public CudnnHandle createDnn(CudaStream stream) {
    ensureOpen();
    Dnn dnn = device.cuda().dnn();
    stream.ensureOpen();
    CudnnHandle made = adopt(new CudnnHandle(this, dnn, dnn.create()));
    made.setStream(stream);
    return made;
  }

  /**
   * Closes all that is open in it, newest first, then releases it; a second time does nothing. No
   * context is current then. Errors of work still under way are not reported: {@link #synchronize}
   * before.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Cleanup cleanup = new Cleanup();
    for (Owned owned : List.copyOf(open).reversed()) {
      cleanup.then(owned::close);
    }
    cleanup
        .then(() -> unlessLost(() -> driver().setCurrentContext(0)))
        .then(() -> unlessLost(() -> driver().releasePrimaryContext(device.handle())))
        .end();
  }

  Driver driver() {
    return device.driver();
  }

  /** Makes it current, also while it is being closed. */
  void restore() {
    driver().setCurrentContext(handle);
  }

  <T extends Owned> T adopt(T owned) {
    open.add(owned);
    return owned;
  }

  void disown(Owned owned) {
    open.remove(owned);
  }

  /**
   * After a sticky error the driver refuses to free what is gone with the context, and what cuBLAS
   * and cuDNN then answer does not tell why.
   */
  void unlessLost(Runnable freeing) {
    try {
      freeing.run();
    } catch (CudaException e) {
      if (!e.isSticky() && !isLost()) {
        throw e;
      }
    }
  }

  private boolean isLost() {
    try {
      driver().synchronizeContext();
      return false;
    } catch (CudaException e) {
      return e.isSticky();
    }
  }

  private void ensureOpen() {
    if (closed) {
      throw new IllegalStateException("this CudaContext is closed");
    }
  }

  private static long positive(long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("an allocation of " + bytes + " bytes; at least 1");
    }
    return bytes;
  }
}
