package gpuvae.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a run's folder has for its pages. */
final class RunFiles {
  private RunFiles() {}

  /** A file's text; null if there is none. */
  static String text(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    return Files.isRegularFile(file) ? Files.readString(file) : null;
  }
}
