package gpuvae.cli;

import gpuvae.backend.DeviceUnavailableException;
import gpuvae.backend.OutOfDeviceMemoryException;
import gpuvae.train.TrainingDivergedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever went wrong into one line, a remedy where there is one, and an exit code. */
final class Failures {
  private final Terminal terminal;

  Failures(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Wrong flags, before a command runs. */
  int wrongUse(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    boolean unknownCommand =
        e instanceof UnmatchedArgumentException && command.getParent() == null && !option(args);
    error(unknownCommand ? "there is no command '" + args[0] + "'" : firstLine(e.getMessage()));
    List<String> alike =
        e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
    String name = command.getCommandSpec().qualifiedName().replaceFirst("^gpuvae", "");
    remedy(
        alike.isEmpty()
            ? Text.program() + name + " --help"
            : alike.stream()
                .limit(3)
                .map(s -> s.split("[ =]")[0])
                .distinct()
                .toList()
                .toString()
                .replaceAll("[\\[\\]]", ""));
    return Main.USAGE;
  }

  /** Anything thrown by a command. */
  int failed(Exception e, CommandLine command, ParseResult parsed) {
    boolean verbose = command.getCommand() instanceof BaseCommand base && base.verbose;
    int code =
        switch (e) {
          case UsageException usage -> {
            error(usage.getMessage());
            remedy(usage.remedy());
            yield Main.USAGE;
          }
          case DeviceUnavailableException unavailable -> {
            error(unavailable.getMessage());
            yield Main.USAGE;
          }
          case OutOfDeviceMemoryException memory -> {
            error(memory.getMessage());
            remedy("a smaller --batch-size, or --device cpu");
            yield Main.FAILED;
          }
          case TrainingDivergedException diverged -> {
            error(diverged.getMessage());
            yield Main.FAILED;
          }
          case IOException io -> {
            error(UsageException.reason(io));
            yield Main.FAILED;
          }
          case UncheckedIOException io -> {
            error(UsageException.reason(io.getCause()));
            yield Main.FAILED;
          }
          default -> {
            error("unexpected: " + e);
            if (!verbose) {
              remedy("the same command with --verbose shows where, for a bug report");
            }
            yield Main.FAILED;
          }
        };
    if (verbose) {
      e.printStackTrace(terminal.err());
    }
    return code;
  }

  private void error(String message) {
    terminal.err().println(terminal.red(terminal.err(), "error: ") + message);
  }

  private void remedy(String text) {
    if (text != null) {
      terminal.err().println("try: " + text);
    }
  }

  private static boolean option(String[] args) {
    return args[0].startsWith("-");
  }

  private static String firstLine(String message) {
    return message == null ? "wrong use" : message.lines().findFirst().orElse(message);
  }
}
