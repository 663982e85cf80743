package gpuvae.data;

import gpuvae.config.Shape;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * A published data set in four IDX files that can be found by its name on this machine, or
 * downloaded.
 *
 * @param title as its authors write it
 * @param folders names under which a data folder may hold it, besides in itself
 * @param systemFolders where packages of the operating system install it
 * @param mirrors addresses that the names of its files are resolved against
 * @param trainImages the training pictures
 * @param trainLabels their labels
 * @param testImages the test pictures
 * @param testLabels their labels
 */
record NamedSet(
    String title,
    List<String> folders,
    List<Path> systemFolders,
    List<URI> mirrors,
    PublishedFile trainImages,
    PublishedFile trainLabels,
    PublishedFile testImages,
    PublishedFile testLabels) {
  private static final int CLASSES = 10;

  static final NamedSet MNIST =
      new NamedSet(
          "MNIST",
          List.of("mnist", "MNIST/raw"),
          List.of(),
          List.of(
              URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"),
              URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/")),
          new PublishedFile(
              "train-images-idx3-ubyte",
              47040016,
              "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
          new PublishedFile(
              "train-labels-idx1-ubyte",
              60008,
              "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
          new PublishedFile(
              "t10k-images-idx3-ubyte",
              7840016,
              "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
          new PublishedFile(
              "t10k-labels-idx1-ubyte",
              10008,
              "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));

  static final NamedSet FASHION =
      new NamedSet(
          "Fashion-MNIST",
          List.of("fashion-mnist", "FashionMNIST/raw"),
          List.of(Path.of("/usr/share/datasets/fashion-mnist")),
          List.of(
              URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
              URI.create("https://storage.googleapis.com/tensorflow/tf-keras-datasets/")),
          new PublishedFile(
              "train-images-idx3-ubyte",
              47040016,
              "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
          new PublishedFile(
              "train-labels-idx1-ubyte",
              60008,
              "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
          new PublishedFile(
              "t10k-images-idx3-ubyte",
              7840016,
              "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
          new PublishedFile(
              "t10k-labels-idx1-ubyte",
              10008,
              "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));

  /** The four files on this machine, and the folder that holds them in words. */
  record Found(Path trainImages, Path trainLabels, Path testImages, Path testLabels, String where) {
    Found at(String words) {
      return new Found(trainImages, trainLabels, testImages, testLabels, words);
    }
  }

  private List<PublishedFile> files() {
    return List.of(trainImages, trainLabels, testImages, testLabels);
  }

  /** Finds the set on this machine or downloads it, then reads it. */
  Split load(LoadOptions options) throws IOException {
    try {
      Found found = findOrDownload(options, Download.Patience.LONG);
      return read(found, title + " from " + found.where(), options.limit());
    } catch (UnavailableException e) {
      throw new UnavailableException(
          "%s: %s; put its four IDX files into a folder and name that with --data-dir or GPUVAE_DATA"
              .formatted(title, e.getMessage()));
    }
  }

  /** Finds the set on this machine, else downloads it into the cache. */
  Found findOrDownload(LoadOptions options, Download.Patience patience) throws IOException {
    Optional<Found> found = find(options);
    if (found.isPresent()) {
      return found.get();
    }
    Path cache = cacheFolder(options.environment());
    Download download = new Download(mirrors, patience, options.listener());
    for (PublishedFile file : files()) {
      if (spelling(cache, file).isEmpty()) {
        download.fetch(file, cache);
      }
    }
    return complete(cache)
        .orElseThrow(() -> new IOException("files vanished from " + cache))
        .at("the cache folder " + cache + " (just downloaded)");
  }

  /** Finds the set on this machine: data folder, GPUVAE_DATA, cache folder, system folders. */
  Optional<Found> find(LoadOptions options) throws IOException {
    if (options.dataDir().isPresent()) {
      Path folder = options.dataDir().get();
      if (!Files.isDirectory(folder)) {
        throw new IOException("the data folder %s is not a folder".formatted(folder));
      }
      Optional<Found> found = inDataFolder(folder, "the data folder ");
      if (found.isPresent()) {
        return found;
      }
    }
    String variable = options.environment().apply("GPUVAE_DATA");
    if (variable != null && !variable.isBlank()) {
      Optional<Found> found = inDataFolder(Path.of(variable), "GPUVAE_DATA's folder ");
      if (found.isPresent()) {
        return found;
      }
    }
    Path cache = cacheFolder(options.environment());
    Optional<Found> cached = complete(cache);
    if (cached.isPresent()) {
      return cached.map(found -> found.at("the cache folder " + cache));
    }
    for (Path folder : systemFolders) {
      Optional<Found> found = complete(folder);
      if (found.isPresent()) {
        return found.map(f -> f.at(folder.toString()));
      }
    }
    return Optional.empty();
  }

  private Optional<Found> inDataFolder(Path folder, String words) throws IOException {
    Optional<Found> here = complete(folder);
    if (here.isPresent() && !holdsAnother(here.get())) {
      return here.map(found -> found.at(words + folder));
    }
    for (String name : folders) {
      Path inner = folder.resolve(name);
      Optional<Found> found = complete(inner);
      if (found.isPresent()) {
        return found.map(f -> f.at(words + inner));
      }
    }
    return Optional.empty();
  }

  /** MNIST and Fashion-MNIST have the same file names: the content of the smallest tells. */
  private boolean holdsAnother(Found found) throws IOException {
    NamedSet another = this == FASHION ? MNIST : FASHION;
    return another.testLabels.matches(found.testLabels());
  }

  private Optional<Found> complete(Path folder) {
    List<Path> paths = files().stream().flatMap(file -> spelling(folder, file).stream()).toList();
    return paths.size() < 4
        ? Optional.empty()
        : Optional.of(
            new Found(paths.get(0), paths.get(1), paths.get(2), paths.get(3), folder.toString()));
  }

  /** The file under one of its usual names: with {@code -idx3} or {@code .idx3}, packed or not. */
  private static Optional<Path> spelling(Path folder, PublishedFile file) {
    String dotted = file.base().replace("-idx", ".idx");
    return List.of(file.base() + ".gz", file.base(), dotted + ".gz", dotted).stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private Path cacheFolder(Function<String, String> environment) {
    String cache = environment.apply("XDG_CACHE_HOME");
    // The XDG specification has relative paths ignored.
    if (cache == null || !Path.of(cache).isAbsolute()) {
      String home = environment.apply("HOME");
      cache = (home != null ? home : System.getProperty("user.home")) + "/.cache";
    }
    return Path.of(cache, "gpuvae", folders.getFirst());
  }

  /** Reads the four files, of the pictures no more than asked for. */
  Split read(Found found, String origin, OptionalInt limit) throws IOException {
    int most = limit.orElse(Integer.MAX_VALUE);
    Dataset train = read(title + " train", found.trainImages(), found.trainLabels(), most);
    Dataset test = read(title + " test", found.testImages(), found.testLabels(), most);
    if (!train.shape().equals(test.shape())) {
      throw new IOException(
          "%s has pictures of %s, but %s of %s"
              .formatted(found.trainImages(), train.shape(), found.testImages(), test.shape()));
    }
    return new Split(train, test, origin);
  }

  private static Dataset read(String name, Path images, Path labels, int limit) throws IOException {
    Idx.Pictures pictures = Idx.pictures(images, limit);
    int[] all = Idx.labels(labels, pictures.count(), CLASSES);
    return Dataset.ofBytes(
        name,
        Shape.image(1, pictures.height(), pictures.width()),
        pictures.values(),
        Arrays.copyOf(all, Math.min(limit, all.length)));
  }
}
