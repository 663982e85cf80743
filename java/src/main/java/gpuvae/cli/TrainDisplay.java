package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.RunningLoss;
import gpuvae.config.VaeConfig;
import gpuvae.page.TrainingReport;
import gpuvae.train.EpochReport;
import gpuvae.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Shows a training run while it goes. Synchronised, since an interrupt is noticed on another
 * thread.
 */
final class TrainDisplay implements TrainingListener, AutoCloseable {
  private final BaseCommand command;
  private final VaeConfig config;
  private final int trainSize;
  private final TrainPictures pictures;
  private final TrainingReport page;
  private final ProgressLine line;
  private final EpochTable table;
  private int batches;
  private final Rate rate = new Rate();
  private boolean refusalSaid;

  TrainDisplay(
      BaseCommand command,
      VaeConfig config,
      int trainSize,
      TrainPictures pictures,
      TrainingReport page) {
    this.command = command;
    this.config = config;
    table = new EpochTable(config);
    this.trainSize = trainSize;
    this.pictures = pictures;
    this.page = page;
    line = new ProgressLine(command.terminal, System::nanoTime);
  }

  @Override
  public synchronized void started(int epoch, int batch, int batchesPerEpoch) {
    batches = batchesPerEpoch;
    rate.begin(System.nanoTime(), samples(batch));
    if (epoch == 1 && batch == 0) {
      write(0);
    } else if (epoch <= config.epochs()) {
      notice("resumed in epoch %d after batch %d of %d".formatted(epoch, batch, batches));
    }
  }

  @Override
  public synchronized void progress(int epoch, int batch, RunningLoss loss) {
    rate.mark(System.nanoTime(), samples(batch));
    double total = loss.reconstruction() + config.klWeight() * loss.kl();
    line.show(
        Text.format("epoch %d/%d", epoch, config.epochs()),
        (double) batch / batches,
        Text.format("%7s samples/s  loss %.2f", Text.count(rate.perSecond()), total));
  }

  private long samples(int batch) {
    return Math.min(trainSize, (long) batch * config.batchSize());
  }

  @Override
  public synchronized void epochEnded(EpochReport report, GpuVae vae) {
    line.clear();
    command.say(table.line(report));
    if (command.json) {
      command.sayJson(EpochTable.object(report));
    }
    write(report.epoch());
    rate.begin(System.nanoTime(), 0);
    refusalSaid = false;
  }

  @Override
  public synchronized void refused(int epoch, int batch, RunningLoss loss) {
    if (!refusalSaid) {
      refusalSaid = true;
      notice(
          "warning: steps around batch %d of epoch %d were not taken: loss or gradient not finite"
              .formatted(batch, epoch));
    }
  }

  /** A line on standard error, above the bar. */
  synchronized void notice(String text) {
    line.clear();
    command.terminal.err().println(text);
    command.terminal.err().flush();
  }

  private void write(int epoch) {
    try {
      pictures.write(epoch);
      if (epoch > 0) {
        page.epochEnded(epoch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    line.clear();
  }
}
