package gpuvae.page;

import gpuvae.io.AtomicFile;
import gpuvae.measure.LatentUse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** latents.csv in a run's folder: how each latent dimension is used, a line an epoch. */
final class LatentHistory {
  private final Path folder;

  LatentHistory(Path folder) {
    this.folder = folder;
  }

  /**
   * Adds an epoch: those of a run before, or after the one that was resumed, are dropped.
   *
   * @throws IOException naming the file and the reason
   */
  void add(int epoch, LatentUse use) throws IOException {
    StringBuilder head = new StringBuilder("epoch,active_units");
    StringBuilder line = new StringBuilder().append(epoch).append(',').append(use.active());
    for (LatentUse.Dimension dimension : use.dimensions()) {
      head.append(",kl_").append(dimension.index());
      line.append(',').append(dimension.kl());
    }
    List<String> lines = new ArrayList<>();
    lines.add(head.toString());
    String before = RunFiles.text(folder, TrainingReport.LATENTS);
    if (before != null) {
      before
          .lines()
          .skip(1)
          .filter(other -> Integer.parseInt(other.split(",")[0]) < epoch)
          .forEach(lines::add);
    }
    lines.add(line.toString());
    AtomicFile.writeString(folder.resolve(TrainingReport.LATENTS), String.join("\n", lines) + "\n");
  }
}
