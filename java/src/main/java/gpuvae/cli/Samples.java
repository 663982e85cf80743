package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.io.AtomicFile;
import gpuvae.plot.ImageGrid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
      grid().writePairs(file, shown(originals), shown(back));
    }
  }

  /** Draws from the model and writes. */
  void samples(int count, long seed, double temperature, Path file) throws IOException {
    float[] drawn = vae.sample(count, seed, temperature);
    int columns = (int) Math.ceil(Math.sqrt(count));
    write(shape.isImage() ? grid().columns(columns) : grid(), drawn, file);
  }

  /** Writes what latents decode to. */
  void decoded(float[] z, Path file) throws IOException {
    write(grid(), vae.decode(z), file);
  }

  /** Writes what latents decode to, in lines of so many. */
  void decoded(float[] z, int columns, Path file) throws IOException {
    write(grid().columns(columns), vae.decode(z), file);
  }

  /** The same with a name for each line of a picture. */
  void decoded(float[] z, int columns, List<String> names, Path file) throws IOException {
    write(grid().columns(columns).lines(names), vae.decode(z), file);
  }

  /** The same with images side by side. */
  void decodedSeamless(float[] z, int columns, Path file) throws IOException {
    ImageGrid grid = grid().columns(columns);
    write(shape.isImage() ? grid.gutter(0) : grid, vae.decode(z), file);
  }

  /** Writes what latents decode to, one after the other, as an animation. */
  void animated(float[] z, int delay, Path file) throws IOException {
    grid().writeGif(file, shown(vae.decode(z)), delay);
  }

  private ImageGrid grid() {
    return shape.isImage()
        ? ImageGrid.images(shape.channels(), shape.height(), shape.width())
        : ImageGrid.bars(shape.features());
  }

  private void write(ImageGrid grid, float[] values, Path file) throws IOException {
    if (isCsv(file)) {
      writeCsv(file, values);
      return;
    }
    try {
      grid.write(file, shown(values));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e, "a name that ends in .csv");
    }
  }

  private float[] shown(float[] values) {
    return config.input().restored(values);
  }

  static boolean isCsv(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
  }

  /** The animation that belongs to a picture. */
  static Path gifBeside(Path png) {
    return png.resolveSibling(png.getFileName().toString().replaceAll("(?i)\\.png$", ".gif"));
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
