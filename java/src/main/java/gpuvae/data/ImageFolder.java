package gpuvae.data;

import gpuvae.config.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The PNG and JPEG files of a folder and its subfolders, in the order of their names, stretched to
 * one size. Where every picture lies in a subfolder, the subfolders of the first level are the
 * classes, numbered in the order of their names.
 */
final class ImageFolder {
  private ImageFolder() {}

  static Split load(Path folder, Shape shape) throws IOException {
    List<Path> files = list(folder);
    if (files.size() < 2) {
      throw new IOException(
          "%s: %d PNG or JPEG files in it and its subfolders, at least 2 are needed (one to train,"
                  .formatted(folder, files.size())
              + " one to test)");
    }
    int[] labels = labels(folder, files);
    int testRows = Split.testSize(files.size());
    String origin =
        "%d pictures from %s, resized to %s, %d of them to test"
            .formatted(files.size(), folder, shape, testRows);
    return new Split(
        read(folder.getFileName() + " train", files, labels, shape, row -> !isTest(row, files)),
        read(folder.getFileName() + " test", files, labels, shape, row -> isTest(row, files)),
        origin);
  }

  /** All of them. */
  static Dataset whole(Path folder, Shape shape) throws IOException {
    List<Path> files = list(folder);
    if (files.isEmpty()) {
      throw new IOException(folder + ": no PNG or JPEG files in it and its subfolders");
    }
    return read(folder.getFileName().toString(), files, labels(folder, files), shape, _ -> true);
  }

  private static boolean isTest(int row, List<Path> files) {
    return Split.isTest(row, files.size());
  }

  private static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is not a folder");
    }
    try (Stream<Path> walk = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      return walk.filter(ImageFolder::isPicture)
          .sorted(Comparator.comparing(file -> relative(folder, file)))
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.startsWith(".")
        && (name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg"))
        && Files.isRegularFile(file);
  }

  /** The same text on every system, so that the order is too. */
  private static String relative(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  private static int[] labels(Path folder, List<Path> files) {
    List<String> classes =
        files.stream()
            .map(folder::relativize)
            .filter(path -> path.getNameCount() > 1)
            .map(path -> path.getName(0).toString())
            .toList();
    if (classes.size() < files.size()) {
      return null;
    }
    List<String> distinct = classes.stream().distinct().sorted().toList();
    return classes.stream().mapToInt(distinct::indexOf).toArray();
  }

  private static Dataset read(
      String name, List<Path> files, int[] labels, Shape shape, IntPredicate taken)
      throws IOException {
    int[] rows = IntStream.range(0, files.size()).filter(taken).toArray();
    if ((long) rows.length * shape.features() > Integer.MAX_VALUE - 8) {
      throw new IOException(
          "%s: %d pictures of %s are more bytes than one array can hold; choose a smaller size"
              .formatted(name, rows.length, shape));
    }
    byte[] values = new byte[rows.length * shape.features()];
    try {
      IntStream.range(0, rows.length)
          .parallel()
          .forEach(i -> Picture.read(files.get(rows[i]), shape, values, i * shape.features()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    int[] rowLabels = labels == null ? null : IntStream.of(rows).map(row -> labels[row]).toArray();
    return Dataset.ofBytes(name, shape, values, rowLabels);
  }
}
