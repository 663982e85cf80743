package gpuvae.cli;

/** Something that whoever typed the command can put right: one line, and what to try. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  /**
   * With the remedy.
   *
   * @param remedy completes "try: "
   */
  UsageException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  /** Of an error that the library reported. */
  UsageException(Exception cause, String remedy) {
    super(cause.getMessage(), cause);
    this.remedy = remedy;
  }

  String remedy() {
    return remedy;
  }
}
