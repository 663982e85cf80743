package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.io.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in processes of their own, stopped and killed, end with the bits of one never stopped. */
class StoppedRunTest {
  private static final int PATIENCE_SECONDS = 120;

  @TempDir Path temporary;
  private Path folder;
  private Path out;
  private Path err;

  @BeforeEach
  void files() {
    folder = temporary.resolve("model");
    out = temporary.resolve("out.txt");
    err = temporary.resolve("err.txt");
  }

  private Process start(Object... args) throws IOException {
    return Cli.start(out, err, args);
  }

  /** A run to its end, in a JVM of its own as all runs here: bits of one provider are compared. */
  private void finish(Object... args) throws Exception {
    Process process = start(args);
    try {
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "still there");
      assertEquals(0, process.exitValue(), contents(err));
    } finally {
      process.destroyForcibly();
    }
  }

  private static byte[] model(Path folder) throws IOException {
    return Files.readAllBytes(folder.resolve(ModelFolder.MODEL));
  }

  private void await(Process process, String text) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.readString(out).contains(text)) {
      assertTrue(process.isAlive(), () -> "ended early: " + contents(err));
      assertTrue(System.nanoTime() < end, () -> "no '" + text + "': " + contents(out));
      Thread.sleep(10);
    }
  }

  private static String contents(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void signal(Process process, String name) throws Exception {
    assertEquals(0, new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor());
  }

  /** A shell that starts a job in the background has it ignore Ctrl-C, and so its children. */
  private static boolean ignores(Process process, int signal) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("SigIgn:")) {
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> (signal - 1) & 1) == 1;
      }
    }
    return false;
  }

  @Test
  void ctrlC() throws Exception {
    signalled("INT", 2, "--data", "digits", "--limit", 200, "--latent", 2, "--epochs", 4);
  }

  @Test
  void terminated() throws Exception {
    Path csv = Cli.csv(temporary, 300);
    signalled("TERM", 15, "--preset", "mlp-softplus", "--data", "csv:" + csv, "--epochs", 20);
  }

  private void signalled(String name, int number, Object... options) throws Exception {
    Object[] run = with(new Object[] {"train", "--batch-size", 10}, options);
    Path whole = temporary.resolve("whole");
    finish(with(run, "--out", whole));

    Process process = start(with(run, "--out", folder, "--json"));
    try {
      await(process, "\"epoch\"");
      assumeTrue(!ignores(process, number), "this process ignores " + name);
      signal(process, name);
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "still there");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(128 + number, process.exitValue(), contents(err));
    assertTrue(contents(err).contains("stopping after this step"), contents(err));
    assertTrue(contents(err).contains("--out " + folder + " --resume"), contents(err));
    assertTrue(contents(out).contains("\"result\": \"stopped\""), contents(out));

    finish("train", "--out", folder, "--resume");
    assertTrue(contents(err).contains("resumed in epoch"), contents(err));
    assertArrayEquals(model(whole), model(folder));
  }

  private static Object[] with(Object[] some, Object... more) {
    Object[] all = java.util.Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }

  @Test
  void killedAtAnyMomentTheFolderLoadsAndTheRunEndsWithTheSameBits() throws Exception {
    Path csv = Cli.csv(temporary, 300);
    Object[] run = {
      "train",
      "--preset",
      "mlp-softplus",
      "--data",
      "csv:" + csv,
      "--batch-size",
      10,
      "--epochs",
      50
    };
    Path whole = temporary.resolve("whole");
    finish(with(run, "--out", whole));

    long seed = 20260101;
    Random random = new Random(seed);
    int kills = 0;
    Object[] next = with(run, "--out", folder, "--json");
    for (int round = 0; round < 10; round++) {
      Process process = start(next);
      try {
        Path state = folder.resolve(ModelFolder.STATE);
        while (process.isAlive() && !Files.exists(folder.resolve(ModelFolder.MODEL))) {
          Thread.sleep(2);
        }
        await(process, kills == 0 ? "" : "\"epoch\"");
        Thread.sleep(random.nextInt(200));
        if (!process.isAlive()) {
          break;
        }
        process.destroyForcibly().waitFor();
        kills++;
        assertTrue(Files.exists(state));
        ModelFolder.readState(folder);
        GpuVae.load(folder, Device.cpu()).close();
      } finally {
        process.destroyForcibly();
      }
      next = new Object[] {"train", "--out", folder, "--resume", "--json"};
    }
    assertTrue(kills >= 3, "only " + kills + " kills, seed " + seed);
    finish("train", "--out", folder, "--resume");
    assertArrayEquals(model(whole), model(folder), kills + " kills, seed " + seed);
  }
}
