package gpuvae;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the tests in a JVM of its own: no test before it has left its traces. */
public final class Jvm {
  /** For one that calls CUDA. */
  public static final String NATIVE = "--enable-native-access=ALL-UNNAMED";

  /** For a JVM with the Vector API. */
  public static final String VECTORS = "--add-modules=jdk.incubator.vector";

  private Jvm() {}

  /**
   * What a program prints that ends by itself.
   *
   * @param options of the JVM
   */
  public static String output(Class<?> program, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-Dgpuvae.root=" + System.getProperty("gpuvae.root"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
    assertEquals(0, process.exitValue(), output);
    return output;
  }

  /**
   * The number that a program prints behind a word, at the start of a line.
   *
   * @param options of the JVM
   */
  public static long number(
      String word, Class<?> program, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    String output = output(program, options, arguments);
    return output
        .lines()
        .filter(line -> line.startsWith(word + " "))
        .mapToLong(line -> Long.parseLong(line.substring(word.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(output));
  }
}
