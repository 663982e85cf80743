package gpuvae.train;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How a training run ended.
 *
 * @param reports all epochs, those before a resume included
 * @param stopped whether {@link Trainer#stop} ended it before its last epoch
 * @param outOfPatience whether it ended before its last epoch because the test loss did not fall
 */
public record TrainingResult(List<EpochReport> reports, boolean stopped, boolean outOfPatience) {
  /** The epoch of the least test loss, the first of equals; empty without test data. */
  public Optional<EpochReport> best() {
    return best(reports);
  }

  static Optional<EpochReport> best(List<EpochReport> reports) {
    // A loss that is not a number is no least one.
    return reports.stream()
        .filter(report -> !Double.isNaN(report.testLoss()))
        .min(Comparator.comparingDouble(EpochReport::testLoss));
  }
}
