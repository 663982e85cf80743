package gpuvae.train;

import gpuvae.data.Dataset;
import gpuvae.io.TrainingState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a training run is: kept in the notes of its training state.
 *
 * @param epoch the one under way, 1 for the first
 * @param batch steps taken in it
 * @param seconds spent in it
 * @param reports of the epochs before it
 */
record Progress(int epoch, int batch, double seconds, List<EpochReport> reports) {
  static final Progress START = new Progress(1, 0, 0, List.of());

  private static final String EPOCH = "trainer.epoch";
  private static final String BATCH = "trainer.batch";
  private static final String SECONDS = "trainer.seconds";
  private static final String METRICS = "trainer.metrics";
  private static final String DATA = "trainer.data";

  Map<String, String> notes(Dataset train) {
    return Map.of(
        EPOCH,
        Integer.toString(epoch),
        BATCH,
        Integer.toString(batch),
        SECONDS,
        Double.toString(seconds),
        METRICS,
        Metrics.format(reports),
        DATA,
        describe(train));
  }

  static Progress of(TrainingState state, Dataset train) throws IOException {
    Map<String, String> notes = state.notes();
    if (!notes.containsKey(EPOCH)) {
      throw new IOException(
          "this training state was not saved by a training run: it does not say where it was");
    }
    if (!notes.get(DATA).equals(describe(train))) {
      throw new IOException(
          "cannot resume on other data: the run was on %s, this is %s"
              .formatted(notes.get(DATA), describe(train)));
    }
    try {
      return new Progress(
          Integer.parseInt(notes.get(EPOCH)),
          Integer.parseInt(notes.get(BATCH)),
          Double.parseDouble(notes.get(SECONDS)),
          new ArrayList<>(Metrics.parse(notes.get(METRICS))));
    } catch (NumberFormatException e) {
      throw new IOException("the training state's notes are damaged: " + e.getMessage(), e);
    }
  }

  private static String describe(Dataset train) {
    return "%s, %d samples of %d values".formatted(train.name(), train.size(), train.features());
  }
}
