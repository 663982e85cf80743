package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.VaeConfig;
import gpuvae.data.Split;
import gpuvae.io.ModelFolder;
import gpuvae.io.TrainingState;
import gpuvae.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae train}. */
@Command(
    description = {
      "Trains a model and saves it with pictures, metrics.csv and report.html.",
      "",
      "All is saved after each epoch. Ctrl-C stops after the step under way and saves; --resume"
          + " goes on and ends with the same bits as a run that was never stopped."
    },
    footer = {
      "  gpuvae train",
      "  gpuvae train --data fashion-mnist --epochs 5 --out runs/fashion",
      "  gpuvae train --preset mlp-leaky --beta 4 --beta-schedule linear:5",
      "  gpuvae train --data images:photos --image-size 32x32 --colour",
      "  gpuvae train --preset mlp-softplus --data csv:table.csv",
      "  gpuvae train --out runs/fashion --resume --epochs 10"
    })
final class TrainCommand extends BaseCommand {
  @Mixin TrainSettings settings;
  @Mixin ControlOptions controls;
  @Mixin DataOptions data;
  @Mixin DeviceOption device;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Where to save. Default: runs/PRESET-DATA, with a number if there is a model already;"
              + " with --resume the run in runs/ that was saved last.")
  Path out;

  @Option(
      names = "--resume",
      description = "Go on with the run saved in DIR; --epochs may be raised, --patience changed.")
  boolean resume;

  @Option(names = "--overwrite", description = "Replace the model in DIR.")
  boolean overwrite;

  TrainCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    if (resume && overwrite) {
      throw new UsageException("--resume and --overwrite exclude each other", "one of them");
    }
    Device chosen = device.choose();
    return resume ? goOn(chosen) : begin(chosen);
  }

  private int begin(Device chosen) throws IOException {
    if (out != null) {
      RunFolder.check(
          out, overwrite, "--resume to go on with it, --overwrite to replace it, or another --out");
    }
    PresetNames.config(settings.preset == null ? TrainSettings.DEFAULT_PRESET : settings.preset);
    DataChoice choice = data.over(DataChoice.DEFAULT);
    Split split = DataOptions.load(choice, terminal);
    VaeConfig config = settings.config(split.train().shape());
    config = controls.over(config, split.train().size());
    ModelFit.checkRange(config, split);
    Path folder =
        out != null
            ? out
            : RunFolder.free(RunFolder.RUNS, config.name() + "-" + DataChoice.slug(split));
    if (RunFolder.isTaken(folder)) {
      RunFolder.clear(folder);
    }
    try (GpuVae vae = GpuVae.create(config, chosen, settings.seed())) {
      Trainer trainer =
          new Trainer(vae, split.train(), split.test()).notes(choice.resolved(split).notes());
      return new TrainRun(this, vae, split, folder).run(trainer);
    }
  }

  private int goOn(Device chosen) throws IOException {
    Path folder = out != null ? out : lastRun();
    TrainingState state;
    try {
      state = ModelFolder.readState(folder);
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException(e, "the command without --resume begins a run");
    }
    settings.checkAgainst(state, folder);
    state = controls.ending(settings.raised(state));
    DataChoice choice = data.over(DataChoice.of(state.notes()));
    Split split = DataOptions.load(choice, terminal);
    ModelFit.checkShape(state.config(), split.train());
    try (GpuVae vae = GpuVae.resume(state, chosen)) {
      Trainer trainer = new Trainer(vae, split.train(), split.test()).notes(choice.notes());
      try {
        trainer.resume(state);
      } catch (IOException e) {
        throw new UsageException(e, "the data and --limit that the run began with");
      }
      controls.checkAgainst(state.config(), split.train().size(), folder);
      return new TrainRun(this, vae, split, folder).run(trainer);
    }
  }

  private Path lastRun() throws IOException {
    String prefix = settings.preset == null ? "" : settings.preset + "-";
    return RunFolder.last(RunFolder.RUNS, prefix)
        .orElseThrow(
            () ->
                new UsageException(
                    "nothing to resume: no saved run in " + RunFolder.RUNS,
                    "--out DIR of the run to resume"));
  }
}
