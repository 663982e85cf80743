package gpuvae.cli;

import gpuvae.config.Shape;
import gpuvae.data.DataSource;
import gpuvae.data.Dataset;
import gpuvae.data.DownloadListener;
import gpuvae.data.LoadOptions;
import gpuvae.data.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Which data, in a form that can be kept with a model, so that resuming and evaluating find it
 * again.
 *
 * @param source as in {@link DataSource#parse}
 * @param folder searched first for MNIST and Fashion-MNIST; null for none
 * @param limit rows taken of each set; null for all
 * @param width to which images: resizes
 * @param height to which images: resizes
 * @param colour whether images: keeps colours
 */
record DataChoice(
    String source, Path folder, Integer limit, int width, int height, boolean colour) {
  static final DataChoice DEFAULT = new DataChoice("auto", null, null, 28, 28, false);

  private static final String SOURCE = "data.source";
  private static final String FOLDER = "data.folder";
  private static final String LIMIT = "data.limit";
  private static final String WIDTH = "data.width";
  private static final String HEIGHT = "data.height";
  private static final String COLOUR = "data.colour";

  /** As notes of a training state. */
  Map<String, String> notes() {
    Map<String, String> notes = new LinkedHashMap<>();
    notes.put(SOURCE, source);
    if (folder != null) {
      notes.put(FOLDER, folder.toString());
    }
    if (limit != null) {
      notes.put(LIMIT, limit.toString());
    }
    notes.put(WIDTH, Integer.toString(width));
    notes.put(HEIGHT, Integer.toString(height));
    notes.put(COLOUR, Boolean.toString(colour));
    return notes;
  }

  /** From notes; what they lack is as in {@link #DEFAULT}. */
  static DataChoice of(Map<String, String> notes) {
    return new DataChoice(
        notes.getOrDefault(SOURCE, DEFAULT.source),
        notes.containsKey(FOLDER) ? Path.of(notes.get(FOLDER)) : null,
        notes.containsKey(LIMIT) ? Integer.valueOf(notes.get(LIMIT)) : null,
        Integer.parseInt(notes.getOrDefault(WIDTH, "" + DEFAULT.width)),
        Integer.parseInt(notes.getOrDefault(HEIGHT, "" + DEFAULT.height)),
        Boolean.parseBoolean(notes.getOrDefault(COLOUR, "" + DEFAULT.colour)));
  }

  /** The same with pictures in a model's shape. */
  DataChoice shapedFor(Shape shape) {
    return shape.isImage()
        ? new DataChoice(
            source, folder, limit, shape.width(), shape.height(), shape.channels() == 3)
        : this;
  }

  /** The same without a limit. */
  DataChoice whole() {
    return new DataChoice(source, folder, null, width, height, colour);
  }

  /** The same folder and shapes, from another source. */
  DataChoice from(String other) {
    return new DataChoice(other, folder, limit, width, height, colour);
  }

  /** The same with what auto came to: it may come to something else another day. */
  DataChoice resolved(Split split) {
    return source.equals("auto")
        ? new DataChoice(slug(split), folder, limit, width, height, colour)
        : this;
  }

  /** Loads it, all errors being the user's to put right. */
  Split load(DownloadListener listener) {
    return load(listener, DataSource::load);
  }

  /** Loads what a trained model is to work on: {@link DataSource#loadWhole}. */
  Dataset loadWhole(DownloadListener listener) {
    return load(listener, DataSource::loadWhole);
  }

  private interface Loading<T> {
    T load(DataSource source, LoadOptions options) throws IOException;
  }

  private <T> T load(DownloadListener listener, Loading<T> loading) {
    try {
      LoadOptions options =
          LoadOptions.defaults()
              .withImageSize(width, height)
              .withColour(colour)
              .withListener(listener);
      options = folder == null ? options : options.withDataDir(folder);
      options = limit == null ? options : options.withLimit(limit);
      return loading.load(DataSource.parse(source), options);
    } catch (IllegalArgumentException | IOException e) {
      throw new UsageException(
          e, source.equals("digits") ? null : "--data digits, which needs no file and no network");
    }
  }

  /**
   * A short name for folders: mnist, or the name of the file or folder. For the named sets it is
   * what --data takes.
   */
  static String slug(Split split) {
    return split
        .train()
        .name()
        .toLowerCase(Locale.ROOT)
        .replaceAll("(^| )train(ing)?$", "")
        .replaceAll("\\.(csv|txt)$", "")
        .replaceAll("[^a-z0-9]+", "-")
        .replaceAll("^-+|-+$", "");
  }
}
