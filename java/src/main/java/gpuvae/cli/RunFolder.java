package gpuvae.cli;

import gpuvae.io.ModelFolder;
import gpuvae.page.TrainingReport;
import gpuvae.train.Trainer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a run is saved. A trained model is never overwritten unless that was asked for. */
final class RunFolder {
  static final Path RUNS = Path.of("runs");

  private RunFolder() {}

  /** Whether there is something to lose. */
  static boolean isTaken(Path folder) {
    return Stream.of(ModelFolder.STATE, ModelFolder.MODEL, ModelFolder.CONFIG)
        .anyMatch(name -> Files.exists(folder.resolve(name)));
  }

  /** Refuses a folder to save in that is a file, or would lose a model. */
  static void check(Path out, boolean overwrite, String remedy) {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new UsageException("--out " + out + " is a file, expected a folder", "another --out");
    }
    if (isTaken(out) && !overwrite) {
      throw new UsageException("--out " + out + " holds a model already", remedy);
    }
  }

  /** The first of runs/NAME, runs/NAME-2, runs/NAME-3 ... that holds no model. */
  static Path free(Path runs, String name) {
    Path folder = runs.resolve(name);
    for (int number = 2; isTaken(folder); number++) {
      folder = runs.resolve(name + "-" + number);
    }
    return folder;
  }

  /** The run that was saved last, of those whose names begin so. */
  static Optional<Path> last(Path runs, String prefix) throws IOException {
    if (!Files.isDirectory(runs)) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(runs)) {
      return folders
          .filter(folder -> folder.getFileName().toString().startsWith(prefix))
          .filter(folder -> Files.isRegularFile(folder.resolve(ModelFolder.STATE)))
          .max(Comparator.comparingLong(f -> f.resolve(ModelFolder.STATE).toFile().lastModified()));
    }
  }

  /**
   * Makes way for a new run: removes the old one's state first, so that what is left at any moment
   * is nothing that could be resumed by mistake.
   */
  static void clear(Path folder) throws IOException {
    for (String name :
        List.of(
            ModelFolder.STATE,
            ModelFolder.MODEL,
            ModelFolder.CONFIG,
            Trainer.METRICS,
            TrainingReport.FILE,
            TrainingReport.LATENTS)) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Path best = folder.resolve(Trainer.BEST);
    for (String name : List.of(ModelFolder.MODEL, ModelFolder.CONFIG)) {
      Files.deleteIfExists(best.resolve(name));
    }
    String pictures = "{reconstructions,samples}{,-[0-9][0-9][0-9]*}.png";
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pictures)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }
}
