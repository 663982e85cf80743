package gpuvae.examples;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.data.Dataset;
import gpuvae.measure.AnomalyScore;
import gpuvae.measure.AnomalyScorer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A service's core: every request, on a virtual thread, is encoded and scored by one model. */
public final class ScoreRequests {
  /** What a caller is told: where the row lies, how unusual it is, and the column most to blame. */
  public record Answer(float[] latents, double score, boolean anomaly, int column) {}

  /**
   * Answers in the order of the requests, which may be images' pixels as well as a table's rows.
   */
  public static List<Answer> serve(Path model, Dataset heldOut, List<float[]> requests)
      throws Exception {
    try (GpuVae vae = GpuVae.load(model, Device.best());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      AnomalyScorer scorer = new AnomalyScorer(vae);
      double threshold = AnomalyScorer.threshold(scorer.score(heldOut), 0.99);
      List<Callable<Answer>> tasks =
          requests.stream().map(row -> request(vae, scorer, threshold, row)).toList();
      return threads.invokeAll(tasks).stream().map(Future::resultNow).toList();
    }
  }

  private static Callable<Answer> request(
      GpuVae vae, AnomalyScorer scorer, double threshold, float[] row) {
    return () -> {
      AnomalyScore score = scorer.score(row).getFirst();
      int column = score.largest().getFirst().feature();
      return new Answer(vae.encode(row).mean(), score.value(), score.exceeds(threshold), column);
    };
  }
}
