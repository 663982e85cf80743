package gpuvae.io;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** The JDK's I/O exceptions in words: many have only a path, or nothing, for a message. */
final class Reason {
  private Reason() {}

  static String of(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file";
      case AccessDeniedException denied -> "permission denied";
      case FileSystemException failure when failure.getReason() != null -> failure.getReason();
      case CharacterCodingException malformed -> "not UTF-8 text";
      case ClosedByInterruptException interrupted -> "the thread was interrupted";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
