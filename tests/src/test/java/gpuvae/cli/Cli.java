package gpuvae.cli;

import gpuvae.cuda.LibraryProbe;
import gpuvae.io.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Runs the command line in this JVM, or in one of its own. */
final class Cli {
  private Cli() {}

  /** What a command said. */
  record Result(int code, String out, String err) {
    List<String> outLines() {
      return out.lines().toList();
    }

    /** Each line of standard output as a JSON object. */
    List<Map<String, Object>> json() throws IOException {
      List<Map<String, Object>> objects = new ArrayList<>();
      for (String line : outLines()) {
        objects.add(Json.parseObject(line, "standard output"));
      }
      return objects;
    }
  }

  /** In this JVM, with nobody watching. */
  static Result run(Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        Terminal.of(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    int code = Main.run(terminal, strings(args));
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** The same where CUDA's libraries are those of one folder. */
  static Result runWithLibraries(Path folder, Object... args) {
    String before = System.setProperty(LibraryProbe.PROPERTY, folder.toString());
    try {
      return run(args);
    } finally {
      if (before == null) {
        System.clearProperty(LibraryProbe.PROPERTY);
      } else {
        System.setProperty(LibraryProbe.PROPERTY, before);
      }
    }
  }

  /**
   * In a JVM of its own, without the Vector module: a JVM that lives for a second only is faster
   * so. Its words go to files, so that it never waits for us.
   */
  static Process start(Path out, Path err, Object... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("gpuvae.cli.Main");
    command.addAll(List.of(strings(args)));
    return new ProcessBuilder(command)
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
  }

  private static String[] strings(Object... args) {
    String[] strings = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      strings[i] = args[i].toString();
    }
    return strings;
  }

  /** Rows of ten numbers that depend on two. */
  static Path csv(Path folder, int rows) throws IOException {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < rows; row++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      for (int i = 0; i < 10; i++) {
        double value = a * Math.sin(i) + b * Math.cos(i) + 0.1 * random.nextGaussian();
        text.append(i == 0 ? "" : ",").append(String.format(Locale.ROOT, "%.5f", value));
      }
      text.append('\n');
    }
    return Files.writeString(folder.resolve("table.csv"), text);
  }
}
