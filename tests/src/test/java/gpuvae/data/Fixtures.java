package gpuvae.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Small files in the formats that the data package reads. */
final class Fixtures {
  private Fixtures() {}

  /** An IDX file of bytes with these words as its header. */
  static byte[] idx(int magic, int[] sizes, byte[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * sizes.length + values.length);
    buffer.putInt(magic);
    for (int size : sizes) {
      buffer.putInt(size);
    }
    return buffer.put(values).array();
  }

  static byte[] random(int length, int bound, long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) random.nextInt(bound);
    }
    return bytes;
  }

  static byte[] pictures(int count, int height, int width, long seed) {
    int[] sizes = {count, height, width};
    return idx(0x0803, sizes, random(count * height * width, 256, seed));
  }

  static byte[] labels(int count, long seed) {
    return idx(0x0801, new int[] {count}, random(count, 10, seed));
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  static PublishedFile published(String base, byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return new PublishedFile(base, content.length, HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A published set of 13 and 7 tiny pictures, with the content of its files. */
  record TinySet(NamedSet set, List<byte[]> contents) {
    static TinySet of(String title, long seed, List<Path> systemFolders, List<URI> mirrors) {
      List<byte[]> contents =
          List.of(
              pictures(13, 3, 4, seed),
              labels(13, seed + 1),
              pictures(7, 3, 4, seed + 2),
              labels(7, seed + 3));
      NamedSet set =
          new NamedSet(
              title,
              List.of("tiny", "TINY/raw"),
              systemFolders,
              mirrors,
              published("train-images-idx3-ubyte", contents.get(0)),
              published("train-labels-idx1-ubyte", contents.get(1)),
              published("t10k-images-idx3-ubyte", contents.get(2)),
              published("t10k-labels-idx1-ubyte", contents.get(3)));
      return new TinySet(set, contents);
    }

    List<PublishedFile> files() {
      return List.of(set.trainImages(), set.trainLabels(), set.testImages(), set.testLabels());
    }

    /** Writes the four files, plain. */
    void install(Path folder) throws IOException {
      Files.createDirectories(folder);
      for (int i = 0; i < 4; i++) {
        Files.write(folder.resolve(files().get(i).base()), contents.get(i));
      }
    }
  }

  /** Options that see nothing of this machine: no variables but these, the cache in a folder. */
  static LoadOptions isolated(Path cache) {
    return LoadOptions.defaults()
        .withEnvironment(name -> name.equals("XDG_CACHE_HOME") ? cache.toString() : null);
  }

  static List<String> names(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
