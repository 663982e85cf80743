package gpuvae.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.ZipException;

/**
 * A file as its authors published it. The checksum is of the decompressed content, because copies
 * that were packed again differ in gzip's own header only.
 *
 * @param base name without extension and with the spelling that the authors use
 * @param length bytes when decompressed
 * @param sha256 of the decompressed content, in lower-case hexadecimal digits
 */
record PublishedFile(String base, int length, String sha256) {
  /** The name under which mirrors offer the file. */
  String downloadName() {
    return base + ".gz";
  }

  /** Throws an IOException that says what is wrong unless the file is the published one. */
  void verify(Path file) throws IOException {
    String found = digest(file);
    if (!found.equals(sha256)) {
      throw new IOException(
          "wrong checksum: SHA-256 of the decompressed content is %s, expected %s"
              .formatted(found, sha256));
    }
  }

  /** Whether the file is the published one; a damaged one is not. */
  boolean matches(Path file) throws IOException {
    try {
      return digest(file).equals(sha256);
    } catch (EOFException | ZipException _) {
      return false;
    }
  }

  private String digest(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    byte[] buffer = new byte[1 << 16];
    long total = 0;
    try (InputStream in = Gzip.open(file)) {
      int n;
      // One byte beyond the published length is enough to know: gzip can expand without limit.
      while (total <= length && (n = in.read(buffer)) > 0) {
        digest.update(buffer, 0, n);
        total += n;
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
