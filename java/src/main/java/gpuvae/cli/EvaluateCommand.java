package gpuvae.cli;

import gpuvae.Evaluation;
import gpuvae.GpuVae;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.data.Split;
import gpuvae.io.AtomicFile;
import gpuvae.measure.ImportanceBound;
import gpuvae.measure.LatentUse;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae evaluate}. */
@Command(
    description = {
      "Measures a trained model on the test set.",
      "",
      "ELBO, reconstruction and KL, in nats per sample, with one sample of z for each; KL by latent"
          + " dimension and how many are in use; with --samples a tighter bound on log p(x)."
          + " Figures compare with others of the same data protocol only."
    },
    footer = {
      "  gpuvae evaluate runs/mlp-relu-mnist",
      "  gpuvae evaluate runs/mlp-relu-mnist --samples 200",
      "  gpuvae evaluate runs/mlp-relu-mnist --data mnist --json"
    })
final class EvaluateCommand extends BaseCommand {
  @Mixin ModelArgument model;

  @Option(
      names = "--samples",
      paramLabel = "K",
      description =
          "Also the importance-weighted bound with K samples of z, which takes about K times as"
              + " long. 200 are usual, 5000 where it is to come close.")
  Integer weights;

  @Mixin DataOptions data;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Also write the numbers there, as JSON.")
  Path out;

  @Mixin DeviceOption device;

  EvaluateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    if (weights != null && (weights < 1 || weights > GpuVae.MOST_WEIGHTS)) {
      throw new UsageException(
          "--samples is %d, allowed: 1 to %d".formatted(weights, GpuVae.MOST_WEIGHTS),
          "--samples 200");
    }
    try (GpuVae vae = model.load(device.choose())) {
      VaeConfig config = vae.config();
      if (weights != null && !config.isVariational()) {
        throw new UsageException(
            "--samples: " + config.name() + " has no posterior to draw from", "without --samples");
      }
      Split split = DataOptions.load(data.over(model.trainedOn(config)), terminal);
      ModelFit.checkShape(config, split.test());
      ModelFit.checkRange(config, split);
      Dataset test = split.test();
      Evaluation evaluation = vae.evaluate(test);
      EvaluationReport report =
          new EvaluationReport(
              config,
              test,
              evaluation,
              config.isVariational() ? LatentUse.of(vae, test) : null,
              weights == null ? null : bound(vae, test));
      say("model           %s, %s", model.folder, config.name());
      sayLabelled("data            ", split.origin());
      say("                %s of %s", Text.count(test.size(), "sample"), test.name());
      sayLabelled("protocol        ", evaluation.protocol());
      sayLabelled("device          ", DeviceOption.describe(vae.device()));
      say("");
      report.say(this);
      String numbers = jsonLine(report.numbers(model.folder));
      if (out != null) {
        AtomicFile.writeString(out, numbers + System.lineSeparator());
      }
      if (json) {
        terminal.out().println(numbers);
      }
    }
    return Main.OK;
  }

  private ImportanceBound bound(GpuVae vae, Dataset test) {
    ProgressLine line = new ProgressLine(terminal, System::nanoTime);
    try {
      return ImportanceBound.of(
          vae,
          test,
          weights,
          done ->
              line.show(
                  "importance weights", (double) done / test.size(), Text.count(done, "sample")));
    } finally {
      line.clear();
    }
  }
}
