package gpuvae.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Numbers and times as people read them, whatever the machine's locale. */
final class Text {
  private Text() {}

  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** As in 60,000. */
  static String count(long number) {
    return format("%,d", number);
  }

  /** As in 9.8 s, 2:05 min or 1:10:07 h. */
  static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 100) {
      return format("%.1f s", seconds);
    }
    return whole < 3600
        ? format("%d:%02d min", whole / 60, whole % 60)
        : format("%d:%02d:%02d h", whole / 3600, whole / 60 % 60, whole % 60);
  }

  /** As in 12.3 MB, in powers of 1000. */
  static String bytes(long number) {
    return number < 100_000 ? format("%,d bytes", number) : format("%,.1f MB", number / 1e6);
  }

  /** As in 1 epoch, 2 epochs. */
  static String count(long number, String noun) {
    return count(number) + " " + noun + (number == 1 ? "" : "s");
  }

  /** Lines of at most so many characters, broken at spaces; longer words stay whole. */
  static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split("\\s+")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** What was typed to start this program, for commands to be typed next. */
  static String program() {
    return quoted(System.getProperty("gpuvae.command", "gpuvae"));
  }

  /** As a shell takes it. */
  static String quoted(Object argument) {
    String text = argument.toString();
    return text.matches("[\\w@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
