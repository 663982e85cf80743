package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a project of its own, with a JDK and a Maven that only say what they are told.
 */
class LauncherTest {
  @TempDir Path temporary;
  private Path root;
  private Path jdk;
  private Path bin;
  private Path source;

  @BeforeEach
  void project() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
    root = Files.createDirectories(temporary.resolve("the project"));
    Path launcher = Path.of(System.getProperty("gpuvae.root"), "gpuvae");
    Files.copy(launcher, root.resolve("gpuvae"));
    assertTrue(Files.isExecutable(root.resolve("gpuvae")));
    Files.writeString(root.resolve("pom.xml"), "");
    Files.createDirectories(root.resolve("java/src"));
    Files.writeString(root.resolve("java/pom.xml"), "");
    Files.createDirectories(root.resolve("kernels/ptx"));
    source = Files.writeString(root.resolve("java/src/A.java"), "");
    jdk =
        jdk(
            "jdk",
            "25.0.1",
            """
            for argument in "$@"; do
              echo "$argument"
              case $argument in -XX:AOTCacheOutput=*) echo cache > "${argument#*=}" ;; esac
            done
            exit 7
            """);
    bin = Files.createDirectories(temporary.resolve("bin"));
    mvn("sleep 0.3; echo built >> java/target/builds; touch java/target/gpuvae.jar");
  }

  private Path jdk(String name, String version, String java) throws IOException {
    Path home = Files.createDirectories(temporary.resolve(name));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    script(Files.createDirectories(home.resolve("bin")).resolve("java"), java);
    return home;
  }

  private void mvn(String body) throws IOException {
    script(bin.resolve("mvn"), "echo \"$JAVA_HOME\" > \"$PWD/java/target/maven-jdk\"\n" + body);
  }

  private static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/bash\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process start(Path command, String... arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of(command.toString()));
    line.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(line).directory(temporary.toFile());
    builder.environment().put("PATH", bin + ":/usr/bin:/bin");
    builder.environment().put("HOME", temporary.toString());
    builder.environment().put("GPUVAE_JAVA_HOME", jdk.toString());
    builder.environment().remove("GPUVAE_JAVA_OPTS");
    return builder.start();
  }

  private static Cli.Result result(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes());
    String err = new String(process.getErrorStream().readAllBytes());
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Cli.Result(process.exitValue(), out, err);
  }

  private Cli.Result launch(String... arguments) throws Exception {
    return result(start(root.resolve("gpuvae"), arguments));
  }

  private int builds() throws IOException {
    Path log = root.resolve("java/target/builds");
    return Files.exists(log) ? Files.readAllLines(log).size() : 0;
  }

  @Test
  void buildsOnceAndPassesArgumentsFlagsAndExitCode() throws Exception {
    Cli.Result first = launch("train", "--out", "a folder");
    assertEquals(7, first.code(), first.err());
    assertEquals("building gpuvae (once) ...\npreparing quick starts (once) ...\n", first.err());
    List<String> java = first.outLines();
    assertTrue(java.contains("--add-modules=jdk.incubator.vector"), java.toString());
    assertTrue(java.contains("--enable-native-access=ALL-UNNAMED"), java.toString());
    assertTrue(java.contains("-XX:ObjectAlignmentInBytes=64"), java.toString());
    assertEquals(
        List.of("gpuvae.cli.Main", "train", "--out", "a folder"),
        java.subList(java.size() - 4, java.size()));
    assertEquals(jdk + "\n", Files.readString(root.resolve("java/target/maven-jdk")));

    Cli.Result second = launch("--help");
    assertEquals("", second.err());
    assertFalse(second.outLines().contains("--add-modules=jdk.incubator.vector"));
    assertEquals(1, builds());
  }

  @Test
  void buildsAgainWhenASourceIsNewerOrGone() throws Exception {
    launch();
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(1)));
    launch();
    assertEquals(2, builds());
    Files.setLastModifiedTime(
        root.resolve("java/target/gpuvae.jar"), FileTime.from(Instant.now().plusSeconds(2)));
    Files.delete(source);
    Files.setLastModifiedTime(
        root.resolve("java/src"), FileTime.from(Instant.now().plusSeconds(5)));
    launch();
    assertEquals(3, builds());
  }

  @Test
  void buildsAgainWhenPtxIsNewer() throws Exception {
    Path ptx = Files.writeString(root.resolve("kernels/ptx/a.ptx"), "");
    launch();
    launch();
    assertEquals(1, builds());
    Files.setLastModifiedTime(ptx, FileTime.from(Instant.now().plusSeconds(1)));
    launch();
    assertEquals(2, builds());
  }

  @Test
  void worksThroughSymbolicLinksFromAnywhere() throws Exception {
    Path link = Files.createSymbolicLink(bin.resolve("gpuvae"), Path.of("../the project/gpuvae"));
    Path second = Files.createSymbolicLink(temporary.resolve("link"), link);
    Cli.Result result = result(start(second, "doctor"));
    assertEquals(7, result.code(), result.err());
    assertTrue(result.out().contains(root.toRealPath() + "/java/target/gpuvae.jar:"), result.out());
  }

  @Test
  void usesACacheOfClassesAndMakesItAgainForANewJar() throws Exception {
    Path jar = root.toRealPath().resolve("java/target/gpuvae.jar");
    Path cache = jar.resolveSibling("gpuvae.aot");
    assertTrue(launch("doctor").outLines().contains("-XX:AOTCache=" + cache));
    assertEquals("cache\n", Files.readString(cache));
    assertEquals("", launch("doctor").err());

    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(1)));
    assertEquals("preparing quick starts (once) ...\n", launch("doctor").err());
  }

  @Test
  void worksWithoutACacheThatCannotBeMade() throws Exception {
    jdk = jdk("jdk", "25.0.1", "for argument in \"$@\"; do echo \"$argument\"; done; exit 7");
    for (int run = 0; run < 2; run++) {
      Cli.Result result = launch("doctor");
      assertEquals(7, result.code());
      assertFalse(result.out().contains("-XX:AOTCache"), result.out());
      assertEquals(run == 0, result.err().contains("preparing quick starts"), "tried once");
    }
  }

  @Test
  void aFailedBuildIsShown() throws Exception {
    mvn("echo 'A.java:1: error: nonsense'; exit 1");
    Cli.Result result = launch("doctor");
    assertEquals(2, result.code());
    assertEquals("", result.out());
    assertTrue(result.err().contains("A.java:1: error: nonsense"), result.err());
    assertTrue(result.err().contains("build.log"), result.err());
    mvn("echo built >> java/target/builds; touch java/target/gpuvae.jar");
    assertEquals(7, launch("doctor").code(), "no lock was left");
  }

  @Test
  void twoAtOnceBuildOnce() throws Exception {
    List<Process> both =
        List.of(start(root.resolve("gpuvae"), "a"), start(root.resolve("gpuvae"), "b"));
    for (Process process : both) {
      assertEquals(7, result(process).code());
    }
    assertEquals(1, builds());
  }

  @Test
  void aLockOfADeadProcessIsNotWaitedFor() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Files.createDirectories(root.resolve("java/target"));
    Files.createSymbolicLink(
        root.resolve("java/target/launcher.lock"), Path.of(Long.toString(dead.pid())));
    assertEquals(7, launch("doctor").code());
    assertEquals(1, builds());
  }

  @Test
  void anOldJdkIsRefusedInOneSentence() throws Exception {
    jdk = jdk("old", "17.0.9", "exit 0");
    Cli.Result result = launch("doctor");
    assertEquals(2, result.code());
    assertTrue(result.err().contains("no JDK 25 or newer"), result.err());
    assertEquals(1, result.err().lines().count());
  }
}
