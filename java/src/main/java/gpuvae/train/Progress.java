package gpuvae.train;

import gpuvae.data.Dataset;
import gpuvae.io.TrainingState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

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

  Map<String, String> notes(String data) {
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
        data);
  }

  static Progress of(TrainingState state, String data) throws IOException {
    Map<String, String> notes = state.notes();
    if (!notes.containsKey(EPOCH)) {
      throw new IOException(
          "this training state was not saved by a training run: it does not say where it was");
    }
    if (!data.equals(notes.get(DATA))) {
      throw new IOException(
          "cannot resume on other data: the run was on %s, this is %s"
              .formatted(notes.get(DATA), data));
    }
    if (!notes.keySet().containsAll(List.of(BATCH, SECONDS, METRICS))) {
      throw new IOException("the training state's notes are damaged: some are missing");
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

  /** A data set by name, size and checksum, so that a run is not resumed on another. */
  static String describe(Dataset data) {
    CRC32C checksum = new CRC32C();
    if (data.isBytes()) {
      checksum.update(data.bytes());
    } else {
      ByteBuffer row = ByteBuffer.allocate(4 * data.features());
      for (int i = 0; i < data.size(); i++) {
        row.asFloatBuffer().put(data.floats(), i * data.features(), data.features());
        checksum.update(row.array());
      }
    }
    return "%s, %d samples of %d values, checksum %08x"
        .formatted(data.name(), data.size(), data.features(), checksum.getValue());
  }
}
