package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.config.Likelihood;
import gpuvae.config.TrainingControls;
import gpuvae.config.VaeConfig;
import gpuvae.data.Split;
import gpuvae.page.TrainingReport;
import gpuvae.train.EpochReport;
import gpuvae.train.Trainer;
import gpuvae.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** One training run as its user sees it: header, progress, end. */
final class TrainRun {
  private final BaseCommand command;
  private final GpuVae vae;
  private final VaeConfig config;
  private final Split split;
  private final Path folder;

  TrainRun(BaseCommand command, GpuVae vae, Split split, Path folder) {
    this.command = command;
    this.vae = vae;
    config = vae.config();
    this.split = split;
    this.folder = folder;
  }

  /** Trains until done or interrupted; the exit code. */
  int run(Trainer trainer) throws IOException {
    header();
    TrainPictures pictures = new TrainPictures(folder, vae, split.test());
    TrainingReport page = new TrainingReport(folder, vae, split.test(), facts());
    TrainDisplay display = new TrainDisplay(command, config, split.train().size(), pictures, page);
    long start = System.nanoTime();
    TrainingResult result;
    try (Interrupts interrupts =
        new Interrupts(
            () -> {
              trainer.stop();
              display.notice("stopping after this step; Ctrl-C again ends at once");
            })) {
      try {
        result = trainer.folder(folder).listener(display).run();
      } finally {
        display.close();
      }
      pictures.writeLast();
      page.write();
      end(result, (System.nanoTime() - start) * 1e-9);
      return result.stopped() ? interrupts.exitCode() : Main.OK;
    }
  }

  /** What report.html tells of this run beside the model's own. */
  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    String arguments =
        command.spec.commandLine().getParseResult().originalArgs().stream()
            .map(Text::quoted)
            .collect(Collectors.joining(" "));
    facts.put("Command", Text.program() + " " + arguments);
    facts.put("Data", split.origin());
    facts.put("Seed", Long.toString(vae.seed()));
    facts.put("gpuvae", Main.Version.number());
    return facts;
  }

  private void header() {
    command.say(
        "%s, %s parameters: %s values, %d latent, %s%s",
        command.terminal.bold(command.words(), config.name()),
        Text.count(vae.parameterCount()),
        config.input().shape(),
        config.latent(),
        config.likelihood().label(),
        config.klWeight() == 1 || !config.isVariational() ? "" : ", beta " + config.klWeight());
    command.sayLabelled("data    ", split.origin());
    command.say(
        "        %s to train, %s to test; %s",
        Text.count(split.train().size()),
        Text.count(split.test().size()),
        config.input().protocol());
    command.sayLabelled("device  ", DeviceOption.describe(vae.device()));
    command.say("folder  %s", folder);
    if (!config.controls().equals(TrainingControls.NONE)) {
      command.sayLabelled("steered ", config.controls().toString());
    }
    command.say("");
    command.say(
        config.likelihood() == Likelihood.SQUARED_ERROR
            ? "Losses: squared error summed over a sample (nats but for D/2 ln pi); reconstruction"
                + (config.isVariational() ? " and KL on the test set." : " on the test set.")
            : "Losses in nats per sample; reconstruction and KL on the test set.");
    command.say(command.terminal.bold(command.words(), EpochTable.header()));
  }

  private void end(TrainingResult result, double seconds) throws IOException {
    String program = Text.program();
    String name = Text.quoted(folder);
    int epochs = result.reports().size();
    command.say("");
    if (result.stopped()) {
      command.say(
          "Stopped after %s; all is saved in %s. To go on:", Text.duration(seconds), folder);
      command.say("  %s train --out %s --resume", program, name);
    } else {
      command.say("Done: %s in %s.", Text.count(epochs, "epoch"), Text.duration(seconds));
      if (result.outOfPatience()) {
        command.say(
            "Ended early: no new least test loss in %s.",
            Text.count(config.controls().patience(), "epoch"));
      }
      if (config.controls().keepBest() && result.best().isPresent()) {
        command.say(
            "Epoch %d had the least test loss: its model is in %s.",
            result.best().get().epoch(), folder.resolve(Trainer.BEST));
      }
      command.say("Model, report.html, metrics.csv and pictures are in %s. Next:", folder);
      command.say("  %s evaluate %s", program, name);
      command.say("  %s reconstruct %s", program, name);
      if (config.isVariational()) {
        command.say("  %s sample %s", program, name);
      }
      command.say("  %s explore %s", program, name);
      command.say("  %s train --out %s --resume --epochs %d", program, name, 2 * epochs);
    }
    if (command.json) {
      command.sayJson(summary(result, seconds));
    }
  }

  private Map<String, Object> summary(TrainingResult result, double seconds) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("result", result.stopped() ? "stopped" : "finished");
    summary.put("folder", folder.toString());
    summary.put("preset", config.name());
    summary.put("parameters", vae.parameterCount());
    summary.put("data", split.train().name());
    summary.put("protocol", config.input().protocol());
    summary.put("device", vae.device().toString());
    summary.put("epochs", result.reports().size());
    result.best().ifPresent(best -> summary.put("best_epoch", best.epoch()));
    if (!result.reports().isEmpty()) {
      EpochReport last = result.reports().getLast();
      summary.put("train_loss", last.trainLoss());
      summary.put("test_loss", last.testLoss());
      summary.put("test_reconstruction", last.testReconstruction());
      summary.put("test_kl", last.testKl());
    }
    summary.put("seconds", seconds);
    return summary;
  }
}
