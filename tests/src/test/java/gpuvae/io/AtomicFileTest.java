package gpuvae.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void writesThenReplaces() throws IOException {
    Path file = folder.resolve("model.bin");
    byte[] first = randomBytes(1, 200_003);
    AtomicFile.write(file, out -> out.write(first));
    assertArrayEquals(first, Files.readAllBytes(file));
    AtomicFile.writeString(file, "Größe\n");
    assertEquals("Größe\n", Files.readString(file));
    assertEquals(List.of("model.bin"), names());
  }

  @Test
  void createsMissingFolders() throws IOException {
    Path file = folder.resolve("a/b/c.txt");
    AtomicFile.writeString(file, "deep");
    assertEquals("deep", Files.readString(file));
  }

  @Test
  void keepsTheOldFileWhenTheBodyFails() throws IOException {
    Path file = folder.resolve("model.bin");
    AtomicFile.writeString(file, "old");
    IOException full = new IOException("No space left on device");
    IOException error =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(randomBytes(2, 300_000));
                      throw full;
                    }));
    assertEquals("cannot write " + file + ": No space left on device", error.getMessage());
    assertSame(full, error.getCause());
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("model.bin"), names());
  }

  @Test
  void passesRuntimeExceptionsOnAndCleansUp() throws IOException {
    Path file = folder.resolve("model.bin");
    IllegalStateException closed = new IllegalStateException("closed");
    assertSame(
        closed,
        assertThrows(
            IllegalStateException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      throw closed;
                    })));
    assertEquals(List.of(), names());
  }

  @Test
  void refusesAFolderAsTarget() throws IOException {
    Path target = Files.createDirectory(folder.resolve("runs"));
    IOException error =
        assertThrows(IOException.class, () -> AtomicFile.writeString(target, "text"));
    assertEquals("cannot write " + target + ": it is a folder", error.getMessage());
    assertEquals(List.of("runs"), names());
  }

  @Test
  void refusesAFileAsFolder() throws IOException {
    Path notFolder = Files.writeString(folder.resolve("file"), "text");
    Path target = notFolder.resolve("model.bin");
    IOException error =
        assertThrows(IOException.class, () -> AtomicFile.writeString(target, "text"));
    assertEquals(
        "cannot write " + target + ": " + notFolder + " is not a folder", error.getMessage());
  }

  @Test
  void saysThatPermissionIsMissing() throws IOException {
    assertTrue(folder.toFile().setWritable(false));
    try {
      assumeFalse(Files.isWritable(folder), "this user may write anywhere");
      Path target = folder.resolve("model.bin");
      IOException error =
          assertThrows(IOException.class, () -> AtomicFile.writeString(target, "text"));
      assertTrue(error.getMessage().startsWith("cannot write " + target + ": permission denied"));
    } finally {
      assertTrue(folder.toFile().setWritable(true));
    }
  }

  @Test
  void anInterruptedThreadStillSaves() throws IOException {
    Path file = folder.resolve("model.bin");
    Thread.currentThread().interrupt();
    try {
      AtomicFile.writeString(file, "saved");
    } finally {
      assertTrue(Thread.interrupted(), "the flag is kept");
    }
    assertEquals("saved", Files.readString(file));
  }

  @Test
  void threadsReplaceOneFileWhole() throws Exception {
    Path file = folder.resolve("model.bin");
    List<byte[]> contents = Stream.of(1, 2, 3, 4).map(seed -> randomBytes(seed, 70_001)).toList();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> writes = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        byte[] content = contents.get(i % contents.size());
        writes.add(
            threads.submit(
                () -> {
                  AtomicFile.write(file, out -> out.write(content));
                  return null;
                }));
      }
      for (Future<Void> write : writes) {
        write.get();
      }
    }
    byte[] left = Files.readAllBytes(file);
    assertTrue(contents.stream().anyMatch(content -> Arrays.equals(content, left)));
    assertEquals(List.of("model.bin"), names());
  }

  @Test
  void aKilledWriterLeavesTheOldFileAndTheNextRemovesItsTemporary() throws Exception {
    Path file = folder.resolve("model.bin");
    AtomicFile.writeString(file, "old");
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SlowWriter.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    assertEquals('!', writer.getInputStream().read(), "it is in the middle of its write");
    String temporary = ".model.bin." + writer.pid() + "-0.tmp";
    assertEquals(List.of(temporary, "model.bin"), names());

    AtomicFile.writeString(file, "ours");
    assertEquals(List.of(temporary, "model.bin"), names(), "a living process keeps its temporary");

    writer.destroyForcibly().waitFor();
    assertEquals("ours", Files.readString(file));
    AtomicFile.writeString(folder.resolve("other.bin"), "not ours to clean");
    assertTrue(names().contains(temporary));
    AtomicFile.writeString(file, "new");
    assertEquals(List.of("model.bin", "other.bin"), names());
    assertEquals("new", Files.readString(file));
  }

  /** Writes half a file, says so and waits to be killed. */
  static final class SlowWriter {
    public static void main(String[] arguments) throws IOException {
      AtomicFile.write(
          Path.of(arguments[0]),
          out -> {
            out.write(new byte[100_000]);
            System.out.print('!');
            System.out.flush();
            try {
              Thread.sleep(60_000);
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          });
    }
  }

  @Test
  void leavesOtherPeoplesFilesAlone() throws IOException {
    List<String> others =
        List.of(".model.bin.tmp", ".model.bin.x-1.tmp", ".modelxbin.1-1.tmp", "model.bin.1-1.tmp");
    for (String name : others) {
      Files.writeString(folder.resolve(name), "keep");
    }
    AtomicFile.writeString(folder.resolve("model.bin"), "text");
    assertTrue(names().containsAll(others));
    assertFalse(names().stream().anyMatch(name -> name.endsWith("-0.tmp")));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static byte[] randomBytes(long seed, int count) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
