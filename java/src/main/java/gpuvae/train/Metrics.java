package gpuvae.train;

import gpuvae.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** metrics.csv: a line an epoch. */
final class Metrics {
  private static final String HEADER =
      "epoch,train_loss,train_reconstruction,train_kl,test_loss,test_reconstruction,test_kl,seconds";

  private static final int FIELDS = HEADER.split(",").length;

  private Metrics() {}

  static void write(Path folder, List<EpochReport> reports) throws IOException {
    AtomicFile.writeString(folder.resolve(Trainer.METRICS), format(reports));
  }

  static String format(List<EpochReport> reports) {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    for (EpochReport r : reports) {
      text.append(r.epoch());
      for (double value :
          new double[] {
            r.trainLoss(),
            r.trainReconstruction(),
            r.trainKl(),
            r.testLoss(),
            r.testReconstruction(),
            r.testKl()
          }) {
        text.append(',').append(value);
      }
      text.append(String.format(Locale.ROOT, ",%.3f\n", r.seconds()));
    }
    return text.toString();
  }

  /**
   * What {@link #format} wrote.
   *
   * @throws NumberFormatException if it did not
   */
  static List<EpochReport> parse(String text) {
    List<EpochReport> reports = new ArrayList<>();
    for (String line : text.lines().skip(1).toList()) {
      String[] fields = line.split(",");
      if (fields.length != FIELDS) {
        throw new NumberFormatException("'" + line + "' is no line of " + Trainer.METRICS);
      }
      double[] v = new double[fields.length];
      for (int i = 0; i < fields.length; i++) {
        v[i] = Double.parseDouble(fields[i]);
      }
      reports.add(new EpochReport((int) v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]));
    }
    return reports;
  }
}
