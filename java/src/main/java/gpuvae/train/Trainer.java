package gpuvae.train;

import gpuvae.Evaluation;
import gpuvae.GpuVae;
import gpuvae.RunningLoss;
import gpuvae.StepLoss;
import gpuvae.config.TrainingControls;
import gpuvae.data.Dataset;
import gpuvae.data.Order;
import gpuvae.io.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Trains a model on a data set for a number of epochs, each in an order of its own. With a folder,
 * everything is saved there at the start, after each epoch, and when stopped; a run resumed from
 * that folder ends with the same bits as one that was never stopped.
 */
public final class Trainer {
  /** Steps in a row whose loss or gradient is not finite, after which training gives up. */
  public static final int REFUSED_STEPS_ALLOWED = 20;

  /** Where in the folder the model of the least test loss is kept, if it is to be. */
  public static final String BEST = "best";

  /** Losses in a run's folder: a line an epoch, under the names of {@link EpochReport}. */
  public static final String METRICS = "metrics.csv";

  private static final long PROGRESS_NANOS = 250_000_000;

  /**
   * Steps that the device still has to do while progress is told: it does not wait for the host.
   */
  private static final int BEHIND = 8;

  private final GpuVae vae;
  private final Dataset train;
  private final Dataset test;
  private final TrainingControls controls;
  private int epochs;
  private Path folder;
  private TrainingListener listener = new TrainingListener() {};
  private Progress progress = Progress.START;
  private Map<String, String> notes = Map.of();
  private String description;
  private LongSupplier clock = System::nanoTime;
  private volatile boolean stopping;

  /**
   * A run of {@code vae.config().epochs()} epochs.
   *
   * @param test evaluated after each epoch; null for none
   * @throws IllegalArgumentException if there is none but the configuration goes by its loss
   */
  public Trainer(GpuVae vae, Dataset train, Dataset test) {
    this.vae = Objects.requireNonNull(vae, "vae");
    this.train = Objects.requireNonNull(train, "train");
    this.test = test;
    this.epochs = vae.config().epochs();
    controls = vae.config().controls();
    if (test == null && (controls.patience() > 0 || controls.keepBest())) {
      throw new IllegalArgumentException(
          "patience and keepBest go by the loss on test data, and there is none");
    }
  }

  /** Epochs in all, those before a resume included. */
  public Trainer epochs(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("epochs is " + count + ", allowed: 1 and above");
    }
    epochs = count;
    return this;
  }

  /** Where to save: model, training state, metrics.csv, and {@link #BEST}. */
  public Trainer folder(Path path) {
    folder = path;
    return this;
  }

  /** The caller's own, kept in each training state beside those of the run. */
  public Trainer notes(Map<String, String> own) {
    notes = Map.copyOf(own);
    return this;
  }

  /** Who watches. */
  public Trainer listener(TrainingListener watcher) {
    listener = Objects.requireNonNull(watcher, "listener");
    return this;
  }

  /** What tells nanoseconds, for tests of what goes by time. */
  Trainer clock(LongSupplier nanoseconds) {
    clock = nanoseconds;
    return this;
  }

  /**
   * Goes on where a saved run was. The model must have been made by {@link GpuVae#resume} from the
   * same state, and the data must be the same.
   *
   * @throws IOException if the state was not saved by a Trainer or on other data
   */
  public Trainer resume(TrainingState state) throws IOException {
    progress = Progress.of(state, describedData());
    return this;
  }

  /** Asks the run to end after the step under way, with everything saved; from any thread. */
  public void stop() {
    stopping = true;
  }

  /**
   * Trains.
   *
   * @throws IOException if something cannot be saved
   * @throws TrainingDivergedException if losses stay not finite; the model is as it was before them
   */
  public TrainingResult run() throws IOException {
    int batchSize = vae.config().batchSize();
    int batches = (train.size() + batchSize - 1) / batchSize;
    List<EpochReport> reports = new ArrayList<>(progress.reports());
    int epoch = progress.epoch();
    int batch = progress.batch();
    double before = progress.seconds();
    listener.started(epoch, batch, batches);
    if (epoch == 1 && batch == 0) {
      save(epoch, 0, 0, reports);
    }
    for (; epoch <= epochs && !outOfPatience(reports); epoch++) {
      long start = clock.getAsLong();
      Order order = Order.shuffled(train, vae.seed(), epoch);
      if (batch == 0) {
        vae.resetRunningLoss();
      }
      batch = trainEpoch(order, epoch, batch, batchSize, batches);
      if (batch < batches) {
        save(epoch, batch, before + secondsSince(start), reports);
        return new TrainingResult(List.copyOf(reports), true, false);
      }
      RunningLoss loss = vae.runningLoss();
      Evaluation tested = test == null ? null : vae.evaluate(test);
      EpochReport report = report(epoch, loss, tested, before + secondsSince(start));
      reports.add(report);
      listener.epochEnded(report, vae);
      keepIfBest(report, reports);
      save(epoch + 1, 0, 0, reports);
      batch = 0;
      before = 0;
      if (stopping && epoch < epochs && !outOfPatience(reports)) {
        return new TrainingResult(List.copyOf(reports), true, false);
      }
    }
    return new TrainingResult(List.copyOf(reports), false, epoch <= epochs);
  }

  /** By the reports alone, which a resumed run has too. */
  private boolean outOfPatience(List<EpochReport> reports) {
    int best = TrainingResult.best(reports).map(EpochReport::epoch).orElse(0);
    return controls.patience() > 0 && reports.size() - best >= controls.patience();
  }

  /**
   * Before the training state is saved: a run that is killed between the two does the epoch again
   * and saves the same model again.
   */
  private void keepIfBest(EpochReport report, List<EpochReport> reports) throws IOException {
    boolean best = TrainingResult.best(reports).filter(report::equals).isPresent();
    if (folder != null && controls.keepBest() && best) {
      vae.saveModel(folder.resolve(BEST));
    }
  }

  /**
   * Takes steps from {@code batch} to the epoch's end, or until stopped; how many are done then.
   */
  private int trainEpoch(Order order, int epoch, int batch, int batchSize, int batches) {
    long reported = clock.getAsLong();
    StepLoss[] given = new StepLoss[BEHIND];
    while (batch < batches && !stopping) {
      int first = batch * batchSize;
      StepLoss before = given[batch % BEHIND];
      given[batch % BEHIND] =
          vae.trainStep(order.batch(first, Math.min(batchSize, train.size() - first)));
      batch++;
      long now = clock.getAsLong();
      if (now - reported > PROGRESS_NANOS || batch == batches) {
        reported = now;
        boolean ended = batch == batches || before == null;
        RunningLoss loss = ended ? vae.runningLoss() : before.running();
        listener.progress(epoch, batch, loss);
        checkFinite(epoch, batch, loss);
      }
    }
    return batch;
  }

  private void checkFinite(int epoch, int batch, RunningLoss loss) {
    if (loss.refusedInARow() > 0) {
      listener.refused(epoch, batch, loss);
    }
    if (loss.refusedInARow() >= REFUSED_STEPS_ALLOWED) {
      throw new TrainingDivergedException(
          ("training stopped in epoch %d, batch %d: loss or gradient was not finite in %d steps in"
                  + " a row. The model is as it was before them. Try a lower learning rate (it is"
                  + " %s), and check the data for extreme values.")
              .formatted(
                  epoch, batch, loss.refusedInARow(), vae.config().optimizer().learningRate()));
    }
  }

  private EpochReport report(int epoch, RunningLoss loss, Evaluation tested, double seconds) {
    double weight = vae.config().klWeight();
    return new EpochReport(
        epoch,
        loss.reconstruction() + weight * loss.kl(),
        loss.reconstruction(),
        loss.kl(),
        tested == null ? Double.NaN : tested.total(),
        tested == null ? Double.NaN : tested.reconstruction(),
        tested == null ? Double.NaN : tested.kl(),
        seconds);
  }

  private void save(int epoch, int batch, double seconds, List<EpochReport> reports)
      throws IOException {
    if (folder == null) {
      return;
    }
    Progress now = new Progress(epoch, batch, seconds, reports);
    Map<String, String> all = new HashMap<>(notes);
    all.putAll(now.notes(describedData()));
    vae.save(folder, all);
    Metrics.write(folder, reports);
  }

  private String describedData() {
    if (description == null) {
      description = Progress.describe(train);
    }
    return description;
  }

  private double secondsSince(long start) {
    return (clock.getAsLong() - start) * 1e-9;
  }
}
