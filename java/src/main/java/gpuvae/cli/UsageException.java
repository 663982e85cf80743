package gpuvae.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

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
    super(reason(cause), cause);
    this.remedy = remedy;
  }

  /** The exceptions of file systems that have only a file's name to say. */
  static String reason(Exception cause) {
    return switch (cause) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file or folder";
      case AccessDeniedException denied -> denied.getFile() + ": access denied";
      default -> cause.getMessage() == null ? cause.toString() : cause.getMessage();
    };
  }

  String remedy() {
    return remedy;
  }
}
