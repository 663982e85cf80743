package gpuvae.data;

import java.io.IOException;

/** A data set is neither on this machine nor to be had from a mirror. */
final class UnavailableException extends IOException {
  private static final long serialVersionUID = 1L;

  UnavailableException(String message) {
    super(message);
  }
}
