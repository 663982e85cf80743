package gpuvae.cuda;

/** What a context owns: freed once, at the latest when the context is closed. */
abstract class Owned implements AutoCloseable {
  private final CudaContext context;
  private boolean closed;

  Owned(CudaContext context) {
    this.context = context;
  }

  /** Gives it back to the driver. */
  abstract void free();

  final CudaContext context() {
    return context;
  }

  final Driver driver() {
    return context.driver();
  }

  final void ensureOpen() {
    if (closed) {
      throw new IllegalStateException("this " + getClass().getSimpleName() + " is closed");
    }
  }

  /**
   * Frees it and makes its context current; a second time it does nothing, as after its context was
   * closed. After a sticky error nothing is left to free.
   */
  @Override
  public final void close() {
    if (closed) {
      return;
    }
    closed = true;
    context.disown(this);
    new Cleanup()
        .then(() -> context.unlessLost(context::restore))
        .then(() -> context.unlessLost(this::free))
        .end();
  }
}
