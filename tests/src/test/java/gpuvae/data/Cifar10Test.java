package gpuvae.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuvae.config.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Cifar10Test {
  private static final int ROWS = 13;
  private static final int ROW_BYTES = 3073;

  @TempDir Path folder;

  private static byte[] batch(int file) {
    byte[] bytes = Fixtures.random(ROWS * ROW_BYTES, 256, file);
    for (int row = 0; row < ROWS; row++) {
      bytes[row * ROW_BYTES] = (byte) ((row + file) % 10);
    }
    return bytes;
  }

  private static String name(int file) {
    return file == 0 ? "test_batch.bin" : "data_batch_" + file + ".bin";
  }

  private void install(Path at) throws IOException {
    Files.createDirectories(at);
    for (int file = 0; file <= 5; file++) {
      Files.write(at.resolve(name(file)), batch(file));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "cifar-10-batches-bin"})
  void readsAllFiles(String inner) throws IOException {
    install(folder.resolve(inner));
    Split split = Cifar10.load(folder, ROWS);
    assertEquals(5 * ROWS, split.train().size());
    assertEquals(ROWS, split.test().size());
    assertEquals(Shape.image(3, 32, 32), split.train().shape());
    for (int file = 0; file <= 5; file++) {
      Dataset set = file == 0 ? split.test() : split.train();
      int first = file == 0 ? 0 : (file - 1) * ROWS;
      byte[] bytes = batch(file);
      for (int row = 0; row < ROWS; row++) {
        assertEquals((row + file) % 10, set.label(first + row));
        int from = row * ROW_BYTES + 1;
        int to = (first + row) * 3072;
        assertEquals(
            -1, Arrays.mismatch(bytes, from, from + 3072, set.bytes(), to, to + 3072), name(file));
      }
    }
  }

  @Test
  void filesOfAnotherSizeAreRefused() throws IOException {
    install(folder);
    Path file = folder.resolve("data_batch_4.bin");
    Files.write(file, Arrays.copyOf(batch(4), ROWS * ROW_BYTES - 1));
    assertEquals(
        file + " has 39948 bytes, expected 39949",
        assertThrows(IOException.class, () -> Cifar10.load(folder, ROWS)).getMessage());
    assertEquals(
        folder.resolve("data_batch_1.bin") + " has 39949 bytes, expected 30730000",
        assertThrows(IOException.class, () -> Cifar10.load(folder)).getMessage());
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    install(folder);
    Files.delete(folder.resolve("test_batch.bin"));
    assertEquals(
        folder.resolve("test_batch.bin")
            + " is missing: cifar10: wants the folder of CIFAR-10's binary version",
        assertThrows(IOException.class, () -> Cifar10.load(folder, ROWS)).getMessage());
  }

  @Test
  void labelsAreChecked() throws IOException {
    install(folder);
    byte[] bytes = batch(2);
    bytes[7 * ROW_BYTES] = 10;
    Path file = Files.write(folder.resolve("data_batch_2.bin"), bytes);
    assertEquals(
        file + ": label of row 7 is 10, expected 0 to 9",
        assertThrows(IOException.class, () -> Cifar10.load(folder, ROWS)).getMessage());
  }
}
