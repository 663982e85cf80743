package gpuvae.cuda;

/** Recorded work, ready to run any number of times. */
public final class CudaGraphExec extends Owned {
  private final long handle;

  CudaGraphExec(CudaContext context, long handle) {
    super(context);
    this.handle = handle;
  }

  /** Runs it once, in order with the stream's other work. Allocates nothing. */
  public void launch(CudaStream stream) {
    ensureOpen();
    driver().launchGraph(handle, stream.handle());
  }

  @Override
  void free() {
    driver().destroyGraphExec(handle);
  }
}
