package gpuvae.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The machine's C compiler; without one the test is skipped. */
final class CCompiler {
  /**
   * What came of it.
   *
   * @param accepted whether it compiled
   * @param words what the compiler wrote
   */
  record Result(boolean accepted, String words) {}

  private CCompiler() {}

  static Result compile(Path folder, String source, List<String> options) {
    try {
      Path file = Files.writeString(folder.resolve("test.c"), source);
      List<String> command = new ArrayList<>(List.of("cc", "-std=c11", "-Werror"));
      command.addAll(options);
      command.add(file.toString());
      Process process = start(command);
      String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor() == 0, words);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Process start(List<String> command) {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return Missing.missing("no C compiler: " + e.getMessage(), "GPUVAE_REQUIRE_SOFTWARE_DEVICE");
    }
  }
}
