package gpuvae.cuda;

import java.lang.foreign.MemorySegment;

/**
 * Work in order: every method but {@link #synchronize} may return before its work is done. None
 * allocates, but those of capture.
 */
public final class CudaStream extends Owned {
  private final long handle;

  CudaStream(CudaContext context, long handle) {
    super(context);
    this.handle = handle;
  }

  /** Runs a kernel over grid x block threads, each block with so many bytes of dynamic memory. */
  public void launch(
      CudaFunction function,
      int gridX,
      int gridY,
      int gridZ,
      int blockX,
      int blockY,
      int blockZ,
      int sharedBytes,
      LaunchArguments arguments) {
    driver()
        .launch(
            function.handle(),
            gridX,
            gridY,
            gridZ,
            blockX,
            blockY,
            blockZ,
            sharedBytes,
            handle(),
            arguments.pointers());
  }

  /**
   * Copies to the device. Pinned memory must stay as it is until the copy is done; other memory is
   * read before this returns.
   *
   * @param source native memory, at least so many bytes
   */
  public void copyToDevice(long destination, MemorySegment source, long bytes) {
    check(source, bytes);
    if (bytes > 0) {
      driver().copyToDevice(destination, source, bytes, handle());
    }
  }

  /**
   * Copies to the host. Pinned memory has it when the stream is synchronized; other memory when
   * this returns.
   *
   * @param destination native memory, at least so many bytes
   */
  public void copyToHost(MemorySegment destination, long source, long bytes) {
    check(destination, bytes);
    if (bytes > 0) {
      driver().copyToHost(destination, source, bytes, handle());
    }
  }

  /** Copies from the device to itself. */
  public void copyDevice(long destination, long source, long bytes) {
    ensureOpen();
    if (bytes > 0) {
      driver().copyDevice(destination, source, bytes, handle);
    }
  }

  /** Sets so many words of 32 bits. */
  public void fill32(long destination, int value, long count) {
    ensureOpen();
    if (count > 0) {
      driver().fill32(destination, value, count, handle);
    }
  }

  /** Places an event behind the work so far. */
  public void record(CudaEvent event) {
    driver().recordEvent(event.handle(), handle());
  }

  /** Lets the work from here on wait for an event as it was last recorded. */
  public void waitFor(CudaEvent event) {
    driver().waitForEvent(handle(), event.handle());
  }

  /** Waits for all work so far. */
  public void synchronize() {
    driver().synchronizeStream(handle());
  }

  /**
   * From here on work is recorded, not done, until {@link #endCapture}. This thread may then not
   * synchronize or allocate: that spoils the capture.
   */
  public void beginCapture() {
    driver().beginCapture(handle());
  }

  /**
   * Ends a capture. The stream is usable again, also when this throws.
   *
   * @throws CudaException if something in between spoiled it
   */
  public CudaGraph endCapture() {
    long graph;
    try {
      graph = driver().endCapture(handle());
    } catch (CudaException e) {
      abandonCapture();
      throw e;
    }
    return context().adopt(new CudaGraph(context(), graph));
  }

  /** Ends a capture, if there is one, and drops what was recorded: for when its work failed. */
  public void abandonCapture() {
    ensureOpen();
    context()
        .unlessLost(
            () -> {
              if (driver().isCapturing(handle)) {
                dropCapture();
              }
            });
  }

  private void dropCapture() {
    try {
      driver().destroyGraph(driver().endCapture(handle));
    } catch (CudaException e) {
      // A capture that was spoiled ends without a graph.
      if (driver().isCapturing(handle)) {
        throw e;
      }
    }
  }

  long handle() {
    ensureOpen();
    return handle;
  }

  @Override
  void free() {
    driver().destroyStream(handle);
  }

  private void check(MemorySegment host, long bytes) {
    ensureOpen();
    if (bytes < 0 || bytes > host.byteSize()) {
      throw new IndexOutOfBoundsException(
          "a copy of " + bytes + " bytes with a segment of " + host.byteSize());
    }
  }
}
