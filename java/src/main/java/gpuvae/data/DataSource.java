package gpuvae.data;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where data comes from, by its name on the command line:
 *
 * <ul>
 *   <li>{@code auto}: MNIST if it can be had, else Fashion-MNIST if it is on this machine, else the
 *       built-in digits
 *   <li>{@code mnist}, {@code fashion-mnist}: from the data folder, the folder in the environment
 *       variable GPUVAE_DATA, the user's cache folder or the system's, else downloaded into the
 *       cache and checked
 *   <li>{@code digits}: 20,000 and 4,000 built-in handwriting-like digits that need no file
 *   <li>{@code images:DIR}: the PNG and JPEG files of a folder and its subfolders
 *   <li>{@code cifar10:DIR}: the binary files of CIFAR-10
 *   <li>{@code csv:FILE}: rows of numbers
 * </ul>
 *
 * <p>Pictures and tables have no test set of their own: every tenth one (in the order of the sorted
 * file names, or of the lines) is the test set; of fewer than ten, the last one.
 */
public final class DataSource {
  private static final String ALLOWED =
      "auto, mnist, fashion-mnist, digits, images:DIR, cifar10:DIR, csv:FILE";

  private interface Loader<T> {
    T load(LoadOptions options) throws IOException;
  }

  private final String spec;
  private final Loader<Split> loader;
  private final Loader<Dataset> whole;

  /** Data that has a test set of its own. */
  private DataSource(String spec, Loader<Split> loader) {
    this(spec, loader, options -> loader.load(options).test());
  }

  private DataSource(String spec, Loader<Split> loader, Loader<Dataset> whole) {
    this.spec = spec;
    this.loader = loader;
    this.whole = whole;
  }

  /**
   * Understands a name; reads nothing yet.
   *
   * @param spec one of those above
   * @return the source
   * @throws IllegalArgumentException with a list of what is allowed if it is none of them
   */
  public static DataSource parse(String spec) {
    int colon = spec.indexOf(':');
    if (colon < 0) {
      return switch (spec) {
        case "auto" -> new DataSource(spec, new AutoData(NamedSet.MNIST, NamedSet.FASHION)::load);
        case "mnist" -> new DataSource(spec, NamedSet.MNIST::load);
        case "fashion-mnist" -> new DataSource(spec, NamedSet.FASHION::load);
        case "digits" -> new DataSource(spec, Digits::builtIn);
        default -> throw unknown(spec);
      };
    }
    Path path = path(spec, spec.substring(colon + 1));
    return switch (spec.substring(0, colon)) {
      case "images" ->
          new DataSource(
              spec,
              o -> ImageFolder.load(path, o.imageShape()),
              o -> ImageFolder.whole(path, o.imageShape()));
      case "cifar10" -> new DataSource(spec, _ -> Cifar10.load(path));
      case "csv" -> new DataSource(spec, _ -> Csv.load(path), _ -> Csv.whole(path));
      default -> throw unknown(spec);
    };
  }

  /**
   * What can be had without a network: the published sets on this machine and the built-in digits.
   *
   * @param options where to look
   * @return a line for each
   * @throws IOException if a folder cannot be read
   */
  public static List<String> installed(LoadOptions options) throws IOException {
    List<String> lines = new ArrayList<>();
    for (NamedSet set : List.of(NamedSet.MNIST, NamedSet.FASHION)) {
      lines.add(
          set.title()
              + set.find(options).map(found -> " in " + found.where()).orElse(": not here"));
    }
    lines.add("digits: built in");
    return lines;
  }

  private static Path path(String spec, String path) {
    try {
      if (!path.isBlank()) {
        return Path.of(path);
      }
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("data '%s': %s".formatted(spec, e.getMessage()), e);
    }
    throw new IllegalArgumentException(
        "data '%s' names no file or folder after the colon".formatted(spec));
  }

  private static IllegalArgumentException unknown(String spec) {
    return new IllegalArgumentException(
        "data '%s' is not known; allowed are %s".formatted(spec, ALLOWED));
  }

  /**
   * Loads the training and the test set.
   *
   * @param options where to look, how much to take, whom to tell
   * @return both sets and a line that says which they are
   * @throws IOException if the data cannot be had or is malformed: names the file and what is wrong
   */
  public Split load(LoadOptions options) throws IOException {
    Split split = loader.load(options);
    return options.limit().isPresent() ? split.limit(options.limit().getAsInt()) : split;
  }

  /**
   * Loads what a trained model is to work on: all of pictures and tables, in the order of their
   * names or lines, of other data the test set.
   *
   * @param options as for {@link #load}
   * @return one set
   * @throws IOException as {@link #load} does
   */
  public Dataset loadWhole(LoadOptions options) throws IOException {
    Dataset dataset = whole.load(options);
    return options.limit().isPresent() ? dataset.limit(options.limit().getAsInt()) : dataset;
  }

  /** The name that was parsed. */
  @Override
  public String toString() {
    return spec;
  }
}
