package gpuvae.backend;

/** A device reported an error; the message has the call, its status and the device's own words. */
public final class DeviceFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the report, and what raised it. */
  public DeviceFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
