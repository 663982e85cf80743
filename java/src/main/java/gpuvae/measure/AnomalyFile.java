package gpuvae.measure;

import gpuvae.config.Shape;
import gpuvae.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Scores as CSV: a line for each sample. */
public final class AnomalyFile {
  private AnomalyFile() {}

  /**
   * Writes row (from 1), score, reconstruction, KL, whether it exceeds the threshold (1 or 0), and
   * the features with the largest terms, each with its nats.
   *
   * @param shape of a sample
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, Shape shape, List<AnomalyScore> scores, double threshold)
      throws IOException {
    StringBuilder text = new StringBuilder("row,score,reconstruction,kl,anomaly");
    for (int i = 1; i <= AnomalyScorer.EXPLAINED; i++) {
      text.append(",feature_").append(i).append(",nats_").append(i);
    }
    text.append('\n');
    for (int row = 0; row < scores.size(); row++) {
      AnomalyScore score = scores.get(row);
      text.append(row + 1)
          .append(number(score.value()))
          .append(number(score.reconstruction()))
          .append(number(score.kl()))
          .append(score.exceeds(threshold) ? ",1" : ",0");
      for (int i = 0; i < AnomalyScorer.EXPLAINED; i++) {
        if (i < score.largest().size()) {
          AnomalyScore.Term term = score.largest().get(i);
          text.append(',').append(feature(shape, term.feature())).append(number(term.nats()));
        } else {
          text.append(",,");
        }
      }
      text.append('\n');
    }
    AtomicFile.writeString(file, text.toString());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, ",%.5f", value);
  }

  /** As in 3, a table's third column; y4x7, a pixel counted from 0; c2y4x7, one of a colour. */
  public static String feature(Shape shape, int index) {
    if (!shape.isImage()) {
      return Integer.toString(index + 1);
    }
    int plane = shape.height() * shape.width();
    String pixel = "y" + index % plane / shape.width() + "x" + index % shape.width();
    return shape.channels() == 1 ? pixel : "c" + index / plane + pixel;
  }
}
