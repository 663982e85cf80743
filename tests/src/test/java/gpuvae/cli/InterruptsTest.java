package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InterruptsTest {
  /** A program that hears the first signal and does nothing about it. */
  static final class Deaf {
    private Deaf() {}

    public static void main(String[] args) throws Exception {
      try (Interrupts interrupts = new Interrupts(() -> say("heard"))) {
        say("ready");
        Thread.sleep(60_000);
        System.exit(interrupts.exitCode());
      }
    }

    private static void say(String word) {
      System.out.println(word);
      System.out.flush();
    }
  }

  @Test
  void theSecondSignalEndsAtOnce() throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Deaf.class.getName()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var words = process.inputReader()) {
      assertEquals("ready", words.readLine());
      kill(process);
      assertEquals("heard", words.readLine());
      assertTrue(process.isAlive());
      kill(process);
      assertTrue(process.waitFor(50, TimeUnit.SECONDS), "still there");
      assertEquals(128 + 15, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  private static void kill(Process process) throws Exception {
    assertEquals(0, new ProcessBuilder("kill", "-TERM", "" + process.pid()).start().waitFor());
  }
}
