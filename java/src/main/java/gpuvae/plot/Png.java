package gpuvae.plot;

import gpuvae.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes a picture. */
final class Png {
  private Png() {}

  /** Names the file and the reason if it cannot. */
  static void write(Path file, BufferedImage image) throws IOException {
    AtomicFile.write(
        file,
        out -> {
          // In memory: ImageIO's own choice would be a temporary file.
          try (MemoryCacheImageOutputStream png = new MemoryCacheImageOutputStream(out)) {
            if (!ImageIO.write(image, "png", png)) {
              throw new IOException("this Java has no PNG writer");
            }
          }
        });
  }
}
