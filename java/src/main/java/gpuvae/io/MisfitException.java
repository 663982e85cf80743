package gpuvae.io;

import java.io.IOException;
import java.util.List;

/** Tensors that are missing, unexpected or of another shape: the message has a line for each. */
public final class MisfitException extends IOException {
  private static final long serialVersionUID = 1L;

  MisfitException(String summary, List<String> lines) {
    super(
        summary + String.join("", lines.stream().map(line -> "%n  ".formatted() + line).toList()));
  }
}
