package gpuvae.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.cuda.jcuda.JCudaBindings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** JCuda in JVMs of its own: a call that its natives do not find ends the JVM. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class JCudaBindingsTest {
  /** How a program ended, and its words. */
  private record Ended(int status, String words) {}

  /** JCuda leaves its natives where they last for the next JVM. */
  @TempDir Path temporary;

  private Ended run(Class<?> program, Predicate<String> jars)
      throws IOException, InterruptedException {
    SoftwareDevice.get();
    String driver =
        CudaDeviceForTests.libraries().find(LibraryProbe.Library.CUDA).path().orElseThrow();
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> jars.test(Path.of(entry).getFileName().toString()))
            .collect(Collectors.joining(File.pathSeparator));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx512m",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:+ErrorFileToStderr",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                classPath,
                program.getName(),
                Path.of(driver).getParent().toString())
            .redirectErrorStream(true)
            .start();
    String words = new String(process.getInputStream().readAllBytes());
    return new Ended(process.waitFor(), words);
  }

  @Test
  void everyCallReturns() throws IOException, InterruptedException {
    Ended ended = run(EveryCallThroughJCuda.class, jar -> true);
    assertEquals(0, ended.status(), ended.words());
    assertTrue(ended.words().contains("calls: "), ended.words());
  }

  /** Loads the libraries, and prints why it could not. */
  static final class Load {
    private Load() {}

    /** Takes the folder of the libraries. */
    public static void main(String[] arguments) {
      try {
        Cuda cuda = Cuda.load(LibraryProbe.in(Path.of(arguments[0])), new JCudaBindings());
        cuda.blas();
        cuda.dnn();
      } catch (CudaUnavailableException e) {
        System.out.println(e.reason() + ": " + e.getMessage());
      }
    }
  }

  private void assertSays(Predicate<String> jars, String reason, String artifact)
      throws IOException, InterruptedException {
    Ended ended = run(Load.class, jars);
    assertEquals(0, ended.status(), ended.words());
    assertTrue(ended.words().startsWith(reason), ended.words());
    assertTrue(ended.words().contains("Add org.jcuda:" + artifact), ended.words());
  }

  @Test
  void withoutItsClasses() throws IOException, InterruptedException {
    String words = "ABSENT: JCuda is absent";
    assertSays(jar -> !jar.matches("j(cuda|cublas|cudnn)-.*"), words, "jcuda:12.6.0");
    assertSays(jar -> !jar.startsWith("jcublas-"), words, "jcublas:12.6.0");
    assertSays(jar -> !jar.startsWith("jcudnn-"), words, "jcudnn:11.7.0");
  }

  @Test
  void withoutItsNatives() throws IOException, InterruptedException {
    String words = "UNUSABLE: JCuda's natives are absent or unusable";
    assertSays(jar -> !jar.startsWith("jcuda-natives-"), words, "jcuda:12.6.0");
    assertSays(jar -> !jar.startsWith("jcublas-natives-"), words, "jcublas:12.6.0");
    assertSays(jar -> !jar.startsWith("jcudnn-natives-"), words, "jcudnn:11.7.0");
  }
}
