package gpuvae.backend;

/** An allocation did not fit; the message has the sizes asked for, used and free, in bytes. */
public final class OutOfDeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the sizes. */
  public OutOfDeviceMemoryException(String message) {
    super(message);
  }
}
