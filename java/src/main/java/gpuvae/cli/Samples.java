package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.io.AtomicFile;
import gpuvae.plot.ImageGrid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** What a model gives, into files: PNG grids, or CSV for numbers. */
final class Samples {
  private final GpuVae vae;
  private final VaeConfig config;
  private final Shape shape;

  Samples(GpuVae vae) {
    this.vae = vae;
    config = vae.config();
    shape = config.input().shape();
  }

  /** Writes originals with what came back below them. */
  void reconstructions(float[] originals, Path file) throws IOException {
    float[] back = vae.reconstruct(originals);
    if (isCsv(file)) {
      writeCsv(file, back);
    } else {
      grid(8).writePairs(file, shown(originals), shown(back));
    }
  }

  /** Draws from the model and writes. */
  void samples(int count, long seed, Path file) throws IOException {
    float[] drawn = vae.sample(count, seed);
    if (isCsv(file)) {
      writeCsv(file, drawn);
    } else {
      grid((int) Math.ceil(Math.sqrt(count))).write(file, shown(drawn));
    }
  }

  private ImageGrid grid(int columns) {
    return shape.isImage()
        ? ImageGrid.images(shape.channels(), shape.height(), shape.width()).columns(columns)
        : ImageGrid.bars(shape.features());
  }

  private float[] shown(float[] values) {
    return config.input().restored(values);
  }

  private static boolean isCsv(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
  }

  private void writeCsv(Path file, float[] values) throws IOException {
    float[] numbers = shown(values);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < numbers.length; i++) {
      text.append(numbers[i]).append((i + 1) % shape.features() == 0 ? '\n' : ',');
    }
    AtomicFile.writeString(file, text.toString());
  }

  /** Refuses what is neither. */
  static void checkFile(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (!name.endsWith(".png") && !name.endsWith(".csv")) {
      throw new UsageException(
          "--out " + file + ": expected a name that ends in .png (pictures) or .csv (numbers)",
          "--out " + file + ".png");
    }
  }
}
