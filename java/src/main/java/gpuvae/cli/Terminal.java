package gpuvae.cli;

import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * Where a command's words go, and what can be shown there.
 *
 * @param out results
 * @param err errors, and all that people read where {@code out} is for a program
 * @param outIsTerminal whether somebody watches {@code out}
 * @param errIsTerminal whether somebody watches {@code err}
 * @param columns its width now: windows change
 * @param colour whether bold and colours may be used
 * @param unicode whether more than ASCII can be shown
 */
record Terminal(
    PrintStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    IntSupplier columns,
    boolean colour,
    boolean unicode) {
  private static final int DEFAULT_WIDTH = 80;

  /** This process's streams. */
  static Terminal system() {
    Posix posix = Posix.INSTANCE;
    boolean outIsTerminal = posix.isTerminal(1);
    boolean errIsTerminal = posix.isTerminal(2);
    int descriptor = errIsTerminal ? 2 : 1;
    return new Terminal(
        System.out,
        System.err,
        outIsTerminal,
        errIsTerminal,
        () -> posix.columns(descriptor),
        allowsColour(System::getenv),
        System.err.charset().equals(StandardCharsets.UTF_8)
            && System.out.charset().equals(StandardCharsets.UTF_8));
  }

  /** Streams that nobody watches. */
  static Terminal of(PrintStream out, PrintStream err) {
    Charset charset = err.charset();
    return new Terminal(
        out, err, false, false, () -> 0, false, charset.equals(StandardCharsets.UTF_8));
  }

  /** Columns that a line may have. */
  int width() {
    int known = columns.getAsInt();
    return known > 0 ? known : DEFAULT_WIDTH;
  }

  /** The conventions of no-color.org and of terminals that cannot. */
  static boolean allowsColour(Function<String, String> environment) {
    String noColour = environment.apply("NO_COLOR");
    return (noColour == null || noColour.isEmpty()) && !"dumb".equals(environment.apply("TERM"));
  }

  /** Bold where {@code err} or {@code out} shows it. */
  String bold(PrintStream stream, String text) {
    return styled(stream, "1", text);
  }

  /** Red where {@code err} or {@code out} shows it. */
  String red(PrintStream stream, String text) {
    return styled(stream, "31", text);
  }

  private String styled(PrintStream stream, String code, String text) {
    boolean watched = stream == out ? outIsTerminal : errIsTerminal;
    return colour && watched ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
