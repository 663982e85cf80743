package gpuvae.cli;

import gpuvae.io.Json;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands share. */
@Command(
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    usageHelpAutoWidth = false)
abstract class BaseCommand implements Callable<Integer> {
  final Terminal terminal;

  @Spec CommandSpec spec;

  @Option(
      names = "--json",
      order = 100,
      description = "JSON on standard output, words on standard error.")
  boolean json;

  @Option(
      names = {"-v", "--verbose"},
      order = 101,
      description = "With an error, show the stack trace.")
  boolean verbose;

  @Option(
      names = {"-h", "--help"},
      order = 102,
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  BaseCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Where people read: standard output, unless that is for a program. */
  final PrintStream words() {
    return json ? terminal.err() : terminal.out();
  }

  /** A line of words. */
  final void say(String format, Object... values) {
    words().println(values.length == 0 ? format : Text.format(format, values));
  }

  /** A label and a text behind it, in as many lines of the terminal's width as it takes. */
  final void sayLabelled(String label, String text) {
    String indent = " ".repeat(label.length());
    String start = label;
    for (String line : Text.wrapped(text, terminal.width() - label.length())) {
      words().println(start + line);
      start = indent;
    }
  }

  /** One JSON object in one line on standard output; NaN becomes null, which JSON has. */
  final void sayJson(Map<String, ?> object) {
    terminal.out().println(jsonLine(object));
    terminal.out().flush();
  }

  static String jsonLine(Map<String, ?> object) {
    Map<String, Object> finite = new LinkedHashMap<>();
    object.forEach(
        (key, value) ->
            finite.put(key, value instanceof Double d && !Double.isFinite(d) ? null : value));
    return Json.writeLine(finite);
  }

  /** Whether an option was typed, rather than left at its default. */
  final boolean given(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }
}
