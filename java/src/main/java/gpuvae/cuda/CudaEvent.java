package gpuvae.cuda;

/** A place in a stream's work. */
public final class CudaEvent extends Owned {
  private final long handle;

  CudaEvent(CudaContext context, long handle) {
    super(context);
    this.handle = handle;
  }

  /** Waits for the work before it; does not if it was never recorded. */
  public void synchronize() {
    driver().synchronizeEvent(handle());
  }

  /** Whether the work before it is done, or it was never recorded. */
  public boolean isDone() {
    return driver().isDone(handle());
  }

  /** Milliseconds between two events that are done, as the device counted them. */
  public static float elapsedMillis(CudaEvent start, CudaEvent end) {
    return start.driver().elapsedMillis(start.handle(), end.handle());
  }

  long handle() {
    ensureOpen();
    return handle;
  }

  @Override
  void free() {
    driver().destroyEvent(handle);
  }
}
