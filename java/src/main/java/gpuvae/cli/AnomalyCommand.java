package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.measure.AnomalyFile;
import gpuvae.measure.AnomalyScore;
import gpuvae.measure.AnomalyScorer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae anomaly}. */
@Command(
    description = {
      "Finds the samples that a trained model finds unusual.",
      "",
      "The score is the negative ELBO in nats, the same each time. A sample is flagged whose score"
          + " exceeds the threshold: the quantile of the scores of held-out samples, the test set"
          + " of the data that the model was trained on. Each is explained by the three features"
          + " with the largest terms of its reconstruction. All rows of csv: and images: are"
          + " scored, of other data the test set."
    },
    footer = {
      "  gpuvae anomaly runs/mlp-softplus-table --data csv:today.csv",
      "  gpuvae anomaly runs/mlp-relu-mnist --data images:scans --quantile 0.999"
    })
final class AnomalyCommand extends BaseCommand {
  private static final int SHOWN = 5;

  @Mixin ModelArgument model;

  @Option(
      names = "--quantile",
      paramLabel = "Q",
      defaultValue = "0.99",
      description = "Part of the held-out samples below the threshold. Default: ${DEFAULT-VALUE}.")
  double quantile;

  @Option(
      names = "--held-out",
      paramLabel = "DATA",
      description =
          "Take the held-out samples from the test set of these data instead; named as for --data.")
  String heldOut;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "anomalies.csv",
      description =
          "A line for each row: score, reconstruction, KL, flag, and three features with their"
              + " nats. A table's columns count from 1, pixels are yRxC from 0. Default:"
              + " ${DEFAULT-VALUE}.")
  Path out;

  @Mixin DataOptions data;
  @Mixin DeviceOption device;

  AnomalyCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    if (!(quantile > 0 && quantile <= 1)) {
      throw new UsageException(
          "--quantile is " + quantile + ", allowed: above 0, at most 1", "--quantile 0.99");
    }
    try (GpuVae vae = model.load(device.choose())) {
      VaeConfig config = vae.config();
      DataChoice trained = model.trainedOn(config);
      Dataset rows = DataOptions.loadWhole(data.over(trained), terminal);
      check(config, rows);
      DataChoice usual = heldOut == null ? trained : trained.from(DataOptions.absolute(heldOut));
      Dataset held = DataOptions.load(usual, terminal).test();
      check(config, held);
      AnomalyScorer scorer = new AnomalyScorer(vae);
      double threshold = AnomalyScorer.threshold(scorer.score(held), quantile);
      List<AnomalyScore> scores = scorer.score(rows);
      Shape shape = config.input().shape();
      AnomalyFile.write(out, shape, scores, threshold);
      long flagged = scores.stream().filter(score -> score.exceeds(threshold)).count();
      say("model      %s, %s", model.folder, config.name());
      say("protocol   %s", scorer.protocol());
      sayLabelled("device     ", DeviceOption.describe(vae.device()));
      sayLabelled(
          "threshold  ",
          Text.format(
              "%.3f nats: quantile %s of %s of %s",
              threshold, quantile, Text.count(held.size(), "sample"), held.name()));
      sayLabelled(
          "flagged    ",
          Text.format(
              "%s of %s of %s: %s",
              Text.count(flagged), Text.count(rows.size(), "sample"), rows.name(), out));
      sayMostUnusual(shape, scores);
      if (json) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("file", out.toString());
        result.put("data", rows.name());
        result.put("protocol", scorer.protocol());
        result.put("samples", rows.size());
        result.put("held_out", held.name());
        result.put("held_out_samples", held.size());
        result.put("quantile", quantile);
        result.put("threshold", threshold);
        result.put("flagged", flagged);
        sayJson(result);
      }
    }
    return Main.OK;
  }

  private static void check(VaeConfig config, Dataset data) {
    ModelFit.checkShape(config, data);
    ModelFit.checkRange(config, data);
  }

  private void sayMostUnusual(Shape shape, List<AnomalyScore> scores) {
    say("");
    say("%8s  %10s  largest terms of the reconstruction", "row", "score");
    IntStream.range(0, scores.size())
        .boxed()
        .sorted(Comparator.comparingDouble((Integer row) -> scores.get(row).value()).reversed())
        .limit(SHOWN)
        .forEach(
            row ->
                say(
                    "%8d  %10.3f  %s",
                    row + 1, scores.get(row).value(), explained(shape, scores.get(row))));
  }

  private static String explained(Shape shape, AnomalyScore score) {
    return score.largest().stream()
        .map(
            term ->
                Text.format(
                    "%s%s: %.2f",
                    shape.isImage() ? "" : "column ",
                    AnomalyFile.feature(shape, term.feature()),
                    term.nats()))
        .collect(Collectors.joining(", "));
  }
}
