package gpuvae.bench;

import gpuvae.data.DataSource;
import gpuvae.data.LoadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * What steps are timed on: random pixels, none of them black by more than chance, or images, whose
 * black pixels some programs pass over.
 */
public final class Pixels {
  static final int SAMPLES = 10_000;

  private Pixels() {}

  /**
   * Bytes of 10,000 images.
   *
   * @param data "random", or a name that the launcher's --data takes
   */
  static byte[] of(String data, int features) throws IOException {
    if (data.equals("random")) {
      byte[] pixels = new byte[SAMPLES * features];
      new Random(1).nextBytes(pixels);
      return pixels;
    }
    LoadOptions options = LoadOptions.defaults().withLimit(SAMPLES);
    byte[] pixels = DataSource.parse(data).load(options).train().bytes();
    if (pixels.length != SAMPLES * features) {
      throw new IOException("%s is not %d images of %d bytes".formatted(data, SAMPLES, features));
    }
    return pixels;
  }

  /** Writes the bytes to a file, for other programs. Arguments: data, features, file. */
  public static void main(String[] arguments) throws IOException {
    Files.write(Path.of(arguments[2]), of(arguments[0], Integer.parseInt(arguments[1])));
  }
}
