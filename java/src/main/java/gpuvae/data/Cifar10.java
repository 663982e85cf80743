package gpuvae.data;

import gpuvae.config.Shape;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The binary files of CIFAR-10: rows of one label byte and 3x32x32 picture bytes, 10,000 in each of
 * data_batch_1.bin to data_batch_5.bin and test_batch.bin.
 */
final class Cifar10 {
  private static final Shape SHAPE = Shape.image(3, 32, 32);
  private static final int ROWS_PER_FILE = 10_000;
  private static final int CLASSES = 10;
  private static final String TEST = "test_batch.bin";
  private static final List<String> TRAIN =
      List.of(
          "data_batch_1.bin",
          "data_batch_2.bin",
          "data_batch_3.bin",
          "data_batch_4.bin",
          "data_batch_5.bin");

  private Cifar10() {}

  static Split load(Path folder) throws IOException {
    return load(folder, ROWS_PER_FILE);
  }

  static Split load(Path folder, int rowsPerFile) throws IOException {
    Path inner = folder.resolve("cifar-10-batches-bin");
    Path at = Files.isDirectory(inner) ? inner : folder;
    return new Split(
        read("CIFAR-10 train", at, TRAIN, rowsPerFile),
        read("CIFAR-10 test", at, List.of(TEST), rowsPerFile),
        "CIFAR-10 from " + at);
  }

  private static Dataset read(String name, Path folder, List<String> files, int rowsPerFile)
      throws IOException {
    for (String file : files) { // before any memory is taken
      checkSize(folder.resolve(file), (long) rowsPerFile * (1 + SHAPE.features()));
    }
    byte[] values = new byte[files.size() * rowsPerFile * SHAPE.features()];
    int[] labels = new int[files.size() * rowsPerFile];
    int row = 0;
    for (String file : files) {
      Path path = folder.resolve(file);
      try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
        for (int i = 0; i < rowsPerFile; i++, row++) {
          labels[row] = in.read();
          int n = in.readNBytes(values, row * SHAPE.features(), SHAPE.features());
          if (n < SHAPE.features()) {
            throw new IOException("%s: cut short in row %d".formatted(path, i));
          }
          if (labels[row] >= CLASSES) {
            throw new IOException(
                "%s: label of row %d is %d, expected 0 to %d"
                    .formatted(path, i, labels[row], CLASSES - 1));
          }
        }
      }
    }
    return Dataset.ofBytes(name, SHAPE, values, labels);
  }

  private static void checkSize(Path file, long expected) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          "%s is missing: cifar10: wants the folder of CIFAR-10's binary version".formatted(file));
    }
    if (Files.size(file) != expected) {
      throw new IOException(
          "%s has %d bytes, expected %d".formatted(file, Files.size(file), expected));
    }
  }
}
