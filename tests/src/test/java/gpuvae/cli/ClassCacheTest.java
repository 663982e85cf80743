package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The cache of loaded classes that the launcher has this JDK make. */
class ClassCacheTest {
  @TempDir Path temporary;

  @Test
  void classesComeFromTheCacheUntilTheJarChanges() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
    Path root = Files.createDirectories(temporary.resolve("the project"));
    Files.copy(Path.of(System.getProperty("gpuvae.root"), "gpuvae"), root.resolve("gpuvae"));
    Files.createDirectories(root.resolve("java/src"));
    Files.createDirectories(root.resolve("kernels/ptx"));
    Files.writeString(root.resolve("pom.xml"), "");
    Files.writeString(root.resolve("java/pom.xml"), "");
    Path target = Files.createDirectories(root.resolve("java/target"));
    Path jar = target.resolve("gpuvae.jar");
    pack(Main.class, jar);
    Files.createDirectories(target.resolve("lib"));
    pack(CommandLine.class, target.resolve("lib/picocli.jar"));
    pack(JsonFactory.class, target.resolve("lib/jackson-core.jar"));

    String refused = refusedTrain(root, "preparing quick starts (once) ...\n");
    Path cache = target.resolve("gpuvae.aot");
    assertTrue(Files.size(cache) > 0, () -> "no cache: " + read(target.resolve("cache.log")));
    assertEquals("shared objects file", sourceOfMain());

    // As if it were of this jar: the JVM knows better.
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(5)));
    Files.setLastModifiedTime(cache, FileTime.from(Instant.now().plusSeconds(10)));
    assertEquals(refused, refusedTrain(root, ""), "nothing is said of a cache that is not used");
    assertTrue(sourceOfMain().endsWith("gpuvae.jar"), sourceOfMain());
  }

  private static void pack(Class<?> type, Path jar) throws IOException, URISyntaxException {
    Path source = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isRegularFile(source)) {
      Files.copy(source, jar);
    } else {
      ToolProvider tool = ToolProvider.findFirst("jar").orElseThrow();
      int code =
          tool.run(System.out, System.err, "-cf", jar.toString(), "-C", source.toString(), ".");
      assertEquals(0, code);
    }
  }

  /** Runs a command that ends early; what it says after what the launcher says. */
  private String refusedTrain(Path root, String launcher) throws Exception {
    Path said = temporary.resolve("said");
    ProcessBuilder builder =
        new ProcessBuilder(root.resolve("gpuvae").toString(), "train", "--preset", "none")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.environment().put("GPUVAE_JAVA_HOME", System.getProperty("java.home"));
    String log = "-Xlog:class+load:file=" + temporary.resolve("classes");
    builder.environment().put("GPUVAE_JAVA_OPTS", log);
    Process process = builder.start();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    String all = read(said);
    assertEquals(Main.USAGE, process.exitValue(), all);
    assertTrue(all.startsWith(launcher), all);
    return all.substring(launcher.length());
  }

  private String sourceOfMain() {
    String before = " gpuvae.cli.Main source: ";
    return read(temporary.resolve("classes"))
        .lines()
        .filter(line -> line.contains(before))
        .map(line -> line.substring(line.indexOf(before) + before.length()))
        .findFirst()
        .orElseThrow();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
