package gpuvae.cli;

import gpuvae.data.Dataset;
import gpuvae.data.DownloadListener;
import gpuvae.data.Split;
import java.nio.file.Path;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that say which data. */
final class DataOptions {
  @Option(
      names = "--data",
      paramLabel = "DATA",
      description = {
        "auto: MNIST if it can be had, else Fashion-MNIST if installed, else digits.",
        "mnist, fashion-mnist: found or downloaded.",
        "digits: handwriting-like, built in, no file needed.",
        "images:DIR: a folder of PNG and JPEG files.",
        "cifar10:DIR: CIFAR-10's binary files.",
        "csv:FILE: rows of numbers.",
        "Default: auto; for a trained model, its own data."
      })
  String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Where to look first for MNIST and Fashion-MNIST; then $GPUVAE_DATA, the cache and the"
              + " system's folders.")
  Path dataDir;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Take only the first N samples of each set. Default: all.")
  Integer limit;

  @Option(
      names = "--image-size",
      paramLabel = "WxH",
      converter = SizeConverter.class,
      description = "Resize images: to this. Default: 28x28, or the model's.")
  Size imageSize;

  @Option(
      names = "--colour",
      description = "Keep the colours of images:. Default: gray, or the model's.")
  boolean colour;

  /** Pixels. */
  record Size(int width, int height) {}

  /** Reads 28x28. */
  static final class SizeConverter implements ITypeConverter<Size> {
    @Override
    public Size convert(String text) {
      if (!text.matches("[1-9]\\d{0,4}x[1-9]\\d{0,4}")) {
        throw new TypeConversionException(
            "'" + text + "' is not a size, expected WIDTHxHEIGHT as in 28x28");
      }
      String[] sides = text.split("x");
      return new Size(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
    }
  }

  /** What was asked for, and where nothing was, the base. */
  DataChoice over(DataChoice base) {
    if (limit != null && limit < 1) {
      throw new UsageException("--limit is " + limit + ", allowed: 1 and above", null);
    }
    return new DataChoice(
        data == null ? base.source() : absolute(data),
        dataDir == null ? base.folder() : dataDir.toAbsolutePath(),
        limit == null ? base.limit() : limit,
        imageSize == null ? base.width() : imageSize.width(),
        imageSize == null ? base.height() : imageSize.height(),
        colour || base.colour());
  }

  /** So that it is found again from another folder. */
  static String absolute(String source) {
    int colon = source.indexOf(':');
    return colon < 0 || colon == source.length() - 1
        ? source
        : source.substring(0, colon + 1) + Path.of(source.substring(colon + 1)).toAbsolutePath();
  }

  /** Loads it, telling of downloads. */
  static Split load(DataChoice choice, Terminal terminal) {
    return telling(terminal, choice::load);
  }

  /** Loads what a trained model is to work on, telling of downloads. */
  static Dataset loadWhole(DataChoice choice, Terminal terminal) {
    return telling(terminal, choice::loadWhole);
  }

  private static <T> T telling(Terminal terminal, Function<DownloadListener, T> loading) {
    DownloadProgress progress = new DownloadProgress(terminal);
    try {
      return loading.apply(progress);
    } finally {
      progress.close();
    }
  }
}
