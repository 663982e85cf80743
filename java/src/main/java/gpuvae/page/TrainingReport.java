package gpuvae.page;

import gpuvae.GpuVae;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.io.ConfigFile;
import gpuvae.measure.LatentUse;
import gpuvae.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * report.html in a run's folder: curves, the pictures of each epoch, configuration and environment.
 * Losses come from the run's metrics.csv; the use of the latents is measured on the test set at
 * each epoch's end and kept in latents.csv.
 */
public final class TrainingReport {
  /** The page. */
  public static final String FILE = "report.html";

  /** KL of each latent dimension and the number of active units, a line an epoch. */
  public static final String LATENTS = "latents.csv";

  private final Path folder;
  private final GpuVae vae;
  private final Dataset test;
  private final Map<String, String> facts;
  private final LatentHistory history;

  /**
   * Of a run.
   *
   * @param folder where the run is saved
   * @param test what the model is tested on
   * @param facts what else to tell, such as the command: names and values, in their order
   */
  public TrainingReport(Path folder, GpuVae vae, Dataset test, Map<String, String> facts) {
    this.folder = folder;
    this.vae = vae;
    this.test = test;
    this.facts = new LinkedHashMap<>(facts);
    history = new LatentHistory(folder);
  }

  /**
   * Measures the latents' use after an epoch. Encodes the test set; training goes on with the same
   * bits as without.
   *
   * @param epoch 1 for the first
   * @throws IOException naming the file that could not be written
   */
  public void epochEnded(int epoch) throws IOException {
    if (vae.config().isVariational()) {
      history.add(epoch, LatentUse.of(vae, test));
    }
  }

  /**
   * Writes report.html of what the folder holds.
   *
   * @throws IOException naming the file and the reason
   */
  public void write() throws IOException {
    VaeConfig config = vae.config();
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("title", config.name() + ", trained");
    page.put(
        "subtitle",
        String.format(
            Locale.ROOT,
            "%,d parameters, %d latent. Test set: %s, %,d samples (%s).",
            vae.parameterCount(),
            config.latent(),
            test.name(),
            test.size(),
            config.input().protocol()));
    page.put("units", Words.units(config));
    page.put("metrics", RunFiles.text(folder, Trainer.METRICS));
    page.put("latents", config.isVariational() ? RunFiles.text(folder, LATENTS) : null);
    page.put("pictures", EpochPictures.json(folder));
    page.put("facts", facts());
    page.put("config", ConfigFile.format(config));
    Page.write(folder.resolve(FILE), "report.html", page);
  }

  private List<Object> facts() {
    Map<String, String> all = new LinkedHashMap<>(facts);
    all.put("Device", vae.device().describe());
    all.put("Java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    all.put(
        "System",
        "%s %s, %s, %d processors"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors()));
    List<Object> list = new ArrayList<>();
    all.forEach((name, value) -> list.add(List.of(name, value)));
    return list;
  }
}
