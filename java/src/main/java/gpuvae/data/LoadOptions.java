package gpuvae.data;

import gpuvae.config.Shape;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * How a {@link DataSource} loads. Immutable: each {@code with} method returns changed options.
 *
 * @param dataDir where to look first for MNIST and Fashion-MNIST
 * @param limit take only the first so many rows of the training set and of the test set
 * @param imageWidth to which {@code images:} resizes, in pixels
 * @param imageHeight to which {@code images:} resizes, in pixels
 * @param colour whether {@code images:} keeps red, green and blue, or makes them gray
 * @param environment gives an environment variable's value, or null
 * @param listener is told of downloads
 */
public record LoadOptions(
    Optional<Path> dataDir,
    OptionalInt limit,
    int imageWidth,
    int imageHeight,
    boolean colour,
    Function<String, String> environment,
    DownloadListener listener) {
  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if the limit or a picture's size is below 1
   */
  public LoadOptions {
    Objects.requireNonNull(dataDir, "dataDir");
    Objects.requireNonNull(environment, "environment");
    Objects.requireNonNull(listener, "listener");
    if (limit.isPresent() && limit.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "limit " + limit.getAsInt() + ": at least 1 row is needed");
    }
    Shape.image(colour ? 3 : 1, imageHeight, imageWidth);
  }

  /**
   * No folder, no limit, 28x28 gray, this process's environment, no listener.
   *
   * @return the options
   */
  public static LoadOptions defaults() {
    return new LoadOptions(
        Optional.empty(),
        OptionalInt.empty(),
        28,
        28,
        false,
        System::getenv,
        DownloadListener.SILENT);
  }

  /**
   * Looks in a folder first.
   *
   * @param folder that holds the files, or has them in {@code mnist}, {@code MNIST/raw} and so on
   * @return changed options
   */
  public LoadOptions withDataDir(Path folder) {
    return new LoadOptions(
        Optional.of(folder), limit, imageWidth, imageHeight, colour, environment, listener);
  }

  /**
   * Takes only the first rows.
   *
   * @param rows how many of each set, at least 1
   * @return changed options
   */
  public LoadOptions withLimit(int rows) {
    return new LoadOptions(
        dataDir, OptionalInt.of(rows), imageWidth, imageHeight, colour, environment, listener);
  }

  /**
   * Resizes pictures otherwise.
   *
   * @param width in pixels
   * @param height in pixels
   * @return changed options
   */
  public LoadOptions withImageSize(int width, int height) {
    return new LoadOptions(dataDir, limit, width, height, colour, environment, listener);
  }

  /**
   * Keeps colours or makes them gray.
   *
   * @param keep true for three channels, false for one
   * @return changed options
   */
  public LoadOptions withColour(boolean keep) {
    return new LoadOptions(dataDir, limit, imageWidth, imageHeight, keep, environment, listener);
  }

  /**
   * Looks up environment variables elsewhere.
   *
   * @param lookup gives a variable's value, or null
   * @return changed options
   */
  public LoadOptions withEnvironment(Function<String, String> lookup) {
    return new LoadOptions(dataDir, limit, imageWidth, imageHeight, colour, lookup, listener);
  }

  /**
   * Tells of downloads.
   *
   * @param told how each download goes
   * @return changed options
   */
  public LoadOptions withListener(DownloadListener told) {
    return new LoadOptions(dataDir, limit, imageWidth, imageHeight, colour, environment, told);
  }

  /** The picture shape that {@code images:} makes. */
  Shape imageShape() {
    return Shape.image(colour ? 3 : 1, imageHeight, imageWidth);
  }
}
