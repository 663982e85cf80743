package gpuvae;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * C++ and CUDA sources are as clang-format writes them by .clang-format. Other versions write other
 * things, so it is skipped where this one is not, unless GPUVAE_REQUIRE_CLANG_FORMAT is 1.
 */
class ClangFormatTest {
  private static final String VERSION = "version 14.";
  private static final Path ROOT = Path.of(System.getProperty("gpuvae.root", ".."));

  @Test
  void sourcesAreFormatted() throws Exception {
    if (!version().contains(VERSION)) {
      String why = "clang-format 14 is not here; found: " + version();
      if ("1".equals(System.getenv("GPUVAE_REQUIRE_CLANG_FORMAT"))) {
        fail(why);
      }
      abort(why);
    }
    List<String> command = new ArrayList<>(List.of("clang-format", "--dry-run", "-Werror"));
    List<String> sources = sources();
    assertTrue(sources.size() > 50, "found only " + sources);
    command.addAll(sources);
    Process process =
        new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), () -> output + "clang-format -i mends them");
  }

  private static String version() throws InterruptedException {
    try {
      Process process = new ProcessBuilder("clang-format", "--version").start();
      String output = new String(process.getInputStream().readAllBytes()).strip();
      process.waitFor();
      return output;
    } catch (IOException e) {
      return "none";
    }
  }

  private static List<String> sources() throws IOException {
    List<String> sources = new ArrayList<>();
    for (String folder : List.of("kernels", "native")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
        files
            .map(file -> ROOT.relativize(file).toString())
            .filter(name -> !name.startsWith("native/build"))
            .filter(name -> name.matches(".*\\.(cu|cuh|cpp|h)"))
            .sorted()
            .forEach(sources::add);
      }
    }
    return sources;
  }
}
