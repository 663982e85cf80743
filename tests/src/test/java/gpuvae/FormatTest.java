package gpuvae;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Java sources are as google-java-format writes them; with -Dgpuvae.format=apply it does. */
class FormatTest {
  private static final String REMEDY =
      "mvn -pl tests -am test -Dtest=FormatTest -Dgpuvae.format=apply"
          + " -Dsurefire.failIfNoSpecifiedTests=false -DfailIfNoTests=false";

  private static final Path ROOT = Path.of(System.getProperty("gpuvae.root", ".."));

  @Test
  void sourcesAreFormatted() throws IOException {
    boolean apply = "apply".equals(System.getProperty("gpuvae.format"));
    List<Path> sources = sources();
    assertTrue(sources.size() > 50, "found only " + sources + " under " + ROOT.toAbsolutePath());
    List<String> differing = new ArrayList<>();
    for (Path file : sources) {
      String source = Files.readString(file);
      String formatted = format(file, source);
      if (!formatted.equals(source)) {
        if (apply) {
          Files.writeString(file, formatted);
        } else {
          differing.add(ROOT.relativize(file).toString());
        }
      }
    }
    assertEquals(List.of(), differing, "not formatted; this mends them: " + REMEDY);
  }

  private static String format(Path file, String source) {
    try {
      return new Formatter().formatSourceAndFixImports(source);
    } catch (FormatterException e) {
      throw new AssertionError(file + " cannot be formatted: " + e.getMessage(), e);
    }
  }

  /** Every *.java below java, tests and bench, without what a build made. */
  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : List.of("java", "tests", "bench")) {
      Files.walkFileTree(
          ROOT.resolve(module),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return folder.getFileName().toString().equals("target")
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (file.toString().endsWith(".java")) {
                sources.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    }
    sources.sort(null);
    return sources;
  }
}
