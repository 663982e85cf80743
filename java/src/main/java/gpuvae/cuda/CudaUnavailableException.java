package gpuvae.cuda;

/**
 * One of CUDA's libraries, or a device, cannot be used here; the message says why and what helps.
 */
public final class CudaUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Why. */
  public enum Reason {
    /** No such library was found under any name. */
    ABSENT,
    /** There is one, but it cannot be opened, lacks a function, or does not start. */
    UNUSABLE,
    /** The driver is older than CUDA 12.0. */
    DRIVER_TOO_OLD,
    /** The driver works and has no device. */
    NO_DEVICE
  }

  private final Reason reason;

  public CudaUnavailableException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public CudaUnavailableException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
