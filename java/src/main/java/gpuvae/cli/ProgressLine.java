package gpuvae.cli;

import java.util.function.LongSupplier;

/**
 * How far an epoch is: a bar on a terminal, drawn over itself in one line of its width; elsewhere a
 * line every ten seconds. On standard error.
 */
final class ProgressLine {
  private static final long QUIET_NANOS = 10_000_000_000L;
  private static final int LEAST_BAR = 8;
  private static final int MOST_BAR = 40;
  private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

  private final Terminal terminal;
  private final LongSupplier clock;
  private long said;
  private int shown;

  ProgressLine(Terminal terminal, LongSupplier clock) {
    this.terminal = terminal;
    this.clock = clock;
    said = clock.getAsLong();
  }

  /**
   * Shows a state.
   *
   * @param label what is under way
   * @param fraction done of it, 0 to 1
   * @param details that follow
   */
  void show(String label, double fraction, String details) {
    String percent = Text.format("%3d%%", (int) (100 * fraction));
    if (terminal.errIsTerminal()) {
      draw(fitted(label, fraction, percent, details));
    } else if (clock.getAsLong() - said >= QUIET_NANOS) {
      said = clock.getAsLong();
      terminal.err().println(label + ", " + percent.strip() + ", " + details);
      terminal.err().flush();
    }
  }

  /** Makes room for a line of other words. */
  void clear() {
    if (shown > 0) {
      terminal.err().print("\r" + " ".repeat(shown) + "\r");
      terminal.err().flush();
      shown = 0;
    }
  }

  private void draw(String line) {
    terminal.err().print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
    terminal.err().flush();
    shown = line.length();
  }

  /** The last column stays free: some terminals wrap when it is written. */
  private String fitted(String label, double fraction, String percent, String details) {
    int width = terminal.width() - 1;
    String before = label + " " + percent + " ";
    int room = Math.min(MOST_BAR, width - before.length() - details.length() - 3);
    String line =
        room < LEAST_BAR ? before + details : before + bar(fraction, room) + "  " + details;
    return line.length() > width ? line.substring(0, Math.max(0, width)) : line;
  }

  private String bar(double fraction, int room) {
    if (!terminal.unicode()) {
      int full = (int) (fraction * (room - 2));
      return "[" + "#".repeat(full) + ".".repeat(room - 2 - full) + "]";
    }
    int eighths = (int) (fraction * room * 8);
    int full = eighths / 8;
    String part = full < room ? EIGHTHS.substring(eighths % 8, eighths % 8 + 1) : "";
    return "█".repeat(full) + part + "·".repeat(Math.max(0, room - full - 1));
  }
}
