package gpuvae.cuda;

/** What describes work to cuDNN, in the host's memory: destroyed once. */
abstract class CudnnDescriptor implements AutoCloseable {
  final Dnn dnn;
  private final long handle;
  private boolean closed;

  CudnnDescriptor(Dnn dnn, long handle) {
    this.dnn = dnn;
    this.handle = handle;
  }

  /** Gives it back to cuDNN. */
  abstract void destroy(long handle);

  /** Describes; what cuDNN refuses is closed. */
  final void set(Runnable description) {
    try {
      description.run();
    } catch (CudaException e) {
      close();
      throw e;
    }
  }

  final long handle() {
    if (closed) {
      throw new IllegalStateException("this " + getClass().getSimpleName() + " is closed");
    }
    return handle;
  }

  @Override
  public final void close() {
    if (!closed) {
      closed = true;
      destroy(handle);
    }
  }
}
