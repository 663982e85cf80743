package gpuvae.backend;

/** A device was asked for that this machine does not have or cannot use; the message says why. */
public final class DeviceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the reason and the remedy. */
  public DeviceUnavailableException(String message) {
    super(message);
  }
}
