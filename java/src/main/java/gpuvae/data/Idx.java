package gpuvae.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipException;

/**
 * Reads the IDX format of MNIST and its likes, plain or gzip (told apart by the first bytes): two
 * zero bytes, a type (only 0x08, unsigned byte, is read), the number of dimensions, each dimension
 * as a big-endian 32-bit word, then the values.
 *
 * <p>Every field is checked against what the file holds, and memory grows with the bytes that were
 * read, never by a header's word alone. Errors are IOExceptions that name the file and the field.
 */
final class Idx {
  private static final int FIRST_BUFFER = 1 << 20;

  private Idx() {}

  /**
   * Pictures as bytes [.., height, width].
   *
   * @param count how many the file has; {@code values} may be of fewer
   */
  record Pictures(int count, int height, int width, byte[] values) {}

  /**
   * Reads a file of pictures (three dimensions: count, height, width).
   *
   * @param limit only the first so many, and the file no further
   */
  static Pictures pictures(Path file, int limit) throws IOException {
    try (InputStream in = Gzip.open(file)) {
      int[] sizes = header(file, in, "pictures", "count", "height", "width");
      int count = sizes[0];
      sizes[0] = Math.min(count, limit);
      byte[] values = values(file, in, sizes);
      if (limit >= count) {
        checkEnd(file, in, sizes, values.length);
      }
      return new Pictures(count, sizes[1], sizes[2], values);
    } catch (EOFException | ZipException e) {
      throw damaged(file, e);
    }
  }

  /** Reads a file of labels (one dimension), which must be as many as asked for. */
  static int[] labels(Path file, int count, int classes) throws IOException {
    byte[] values;
    try (InputStream in = Gzip.open(file)) {
      int[] sizes = header(file, in, "labels", "count");
      values = values(file, in, sizes);
      checkEnd(file, in, sizes, values.length);
    } catch (EOFException | ZipException e) {
      throw damaged(file, e);
    }
    if (values.length != count) {
      throw new IOException(
          "%s: count is %d, but there are %d pictures".formatted(file, values.length, count));
    }
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = values[i] & 0xFF;
      if (labels[i] >= classes) {
        throw new IOException(
            "%s: label %d is %d, expected 0 to %d".formatted(file, i, labels[i], classes - 1));
      }
    }
    return labels;
  }

  private static IOException damaged(Path file, IOException cause) {
    return new IOException(
        "%s: the gzip data is damaged or cut short (%s); fetch the file again"
            .formatted(file, cause.getMessage()),
        cause);
  }

  private static int[] header(Path file, InputStream in, String what, String... dimensions)
      throws IOException {
    int magic = word(file, in, "magic");
    int expected = 0x0800 | dimensions.length;
    if (magic >>> 16 != 0) {
      throw new IOException(
          "%s: magic is 0x%08X, expected 0x%08X: this is not an IDX file"
              .formatted(file, magic, expected));
    }
    if (magic >>> 8 != 0x08) {
      throw new IOException(
          "%s: type is 0x%02X, expected 0x08 (unsigned byte)".formatted(file, magic >>> 8));
    }
    if (magic != expected) {
      throw new IOException(
          "%s: %d dimensions, expected %d for %s"
              .formatted(file, magic & 0xFF, dimensions.length, what));
    }
    int[] sizes = new int[dimensions.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = word(file, in, dimensions[i]);
      if (sizes[i] < 1) {
        throw new IOException(
            "%s: %s is %d, expected 1 to 2147483647"
                .formatted(file, dimensions[i], Integer.toUnsignedLong(sizes[i])));
      }
    }
    return sizes;
  }

  private static int word(Path file, InputStream in, String field) throws IOException {
    byte[] bytes = in.readNBytes(4);
    if (bytes.length < 4) {
      throw new IOException("%s: cut short in the header, at %s".formatted(file, field));
    }
    return bytes[0] << 24 | (bytes[1] & 0xFF) << 16 | (bytes[2] & 0xFF) << 8 | bytes[3] & 0xFF;
  }

  private static byte[] values(Path file, InputStream in, int[] sizes) throws IOException {
    long total = 1;
    for (int size : sizes) {
      total = Math.multiplyHigh(total, size) != 0 ? Long.MAX_VALUE : total * size;
      if (total > Integer.MAX_VALUE - 8 || total < 0) {
        throw new IOException(
            "%s: dimensions %s make more values than one array can hold"
                .formatted(file, Arrays.toString(sizes)));
      }
    }
    int length = (int) total;
    byte[] values = new byte[Math.min(length, FIRST_BUFFER)];
    int filled = 0;
    while (true) {
      filled += in.readNBytes(values, filled, values.length - filled);
      if (filled < values.length) {
        throw new IOException(
            "%s: cut short: dimensions %s need %d bytes of values, the file has %d"
                .formatted(file, Arrays.toString(sizes), length, filled));
      }
      if (filled == length) {
        return values;
      }
      values = Arrays.copyOf(values, (int) Math.min(length, 2L * filled));
    }
  }

  private static void checkEnd(Path file, InputStream in, int[] sizes, int length)
      throws IOException {
    if (in.read() >= 0) {
      throw new IOException(
          "%s: trailing bytes: dimensions %s need %d bytes of values, the file goes on"
              .formatted(file, Arrays.toString(sizes), length));
    }
  }
}
