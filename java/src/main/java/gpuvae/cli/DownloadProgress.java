package gpuvae.cli;

import gpuvae.data.DownloadListener;

/** Shows downloads on standard error: a changing line on a terminal, else a line a file. */
final class DownloadProgress implements DownloadListener, AutoCloseable {
  private final Terminal terminal;
  private String current = "";
  private int shown;

  DownloadProgress(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void progress(String file, long bytes, long total) {
    if (!terminal.errIsTerminal()) {
      if (!file.equals(current)) {
        current = file;
        terminal.err().println("downloading " + file);
      }
      return;
    }
    String text =
        total > 0
            ? Text.format("downloading %s: %d%%", file, 100 * bytes / total)
            : Text.format("downloading %s: %s", file, Text.bytes(bytes));
    if (!text.equals(current)) {
      current = text;
      terminal.err().print("\r" + text + " ".repeat(Math.max(0, shown - text.length())));
      terminal.err().flush();
      shown = text.length();
    }
  }

  /** Clears the changing line. */
  @Override
  public void close() {
    if (shown > 0) {
      terminal.err().print("\r" + " ".repeat(shown) + "\r");
      terminal.err().flush();
    }
  }
}
