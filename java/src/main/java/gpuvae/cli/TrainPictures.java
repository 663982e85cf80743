package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.data.Dataset;
import java.io.IOException;
import java.nio.file.Path;

/** What a run looks like: 16 test samples and what came back, and 64 samples, always the same. */
final class TrainPictures {
  private static final int PAIRS = 16;
  private static final int COUNT = 64;
  private static final long SEED = 1;

  private final Path folder;
  private final GpuVae vae;
  private final Samples samples;
  private final float[] originals;

  TrainPictures(Path folder, GpuVae vae, Dataset test) {
    this.folder = folder;
    this.vae = vae;
    samples = new Samples(vae);
    originals = test.input(vae.config().input(), 0, Math.min(PAIRS, test.size()));
  }

  /** After an epoch; 0 is before the first. */
  void write(int epoch) throws IOException {
    write(Text.format("-%03d", epoch));
  }

  /** The last ones. */
  void writeLast() throws IOException {
    write("");
  }

  private void write(String suffix) throws IOException {
    samples.reconstructions(originals, folder.resolve("reconstructions" + suffix + ".png"));
    if (vae.config().isVariational()) {
      samples.samples(COUNT, SEED, 1, folder.resolve("samples" + suffix + ".png"));
    }
  }
}
