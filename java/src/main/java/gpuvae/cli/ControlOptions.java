package gpuvae.cli;

import gpuvae.config.Schedule;
import gpuvae.config.TrainingControls;
import gpuvae.config.VaeConfig;
import gpuvae.io.TrainingState;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that steer training. */
final class ControlOptions {
  @Option(
      names = "--learning-rate-schedule",
      paramLabel = "S",
      description =
          "Factor of the learning rate, E in epochs: step:E:FACTOR, cosine:E[:FLOOR], or"
              + " linear:E[:FROM] (a warm-up). Default: constant.")
  String learningRate;

  @Option(
      names = "--beta-schedule",
      paramLabel = "S",
      description =
          "Factor of beta: linear:E[:FROM] (KL warm-up in E epochs), cyclical:E[:RAMP] (again every"
              + " E epochs), or as above. Default: constant.")
  String klWeight;

  @Option(
      names = "--clip-norm",
      paramLabel = "X",
      description =
          "Scale gradients (of the loss summed over the batch) down to this norm. Default: never.")
  Double clipNorm;

  @Option(
      names = "--free-bits",
      paramLabel = "X",
      description = "Nats of each latent dimension that beta does not weigh. Default: 0.")
  Double freeBits;

  @Option(
      names = "--importance-samples",
      paramLabel = "K",
      description =
          "Train on the importance-weighted bound of K samples, K times the work. Default: 1, the"
              + " ELBO.")
  Integer importanceSamples;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "End after N epochs without a new least test loss. Default: never.")
  Integer patience;

  @Option(
      names = "--keep-best",
      description = "Keep the model of the least test loss too, in best/ of the run's folder.")
  boolean keepBest;

  /** A configuration with what was given. */
  VaeConfig over(VaeConfig config, int trainSize) {
    try {
      long epoch = Math.ceilDiv(trainSize, config.batchSize());
      TrainingControls controls = ending(config.controls());
      if (learningRate != null) {
        controls = controls.withLearningRate(Schedule.parse(learningRate, epoch));
      }
      if (klWeight != null) {
        controls = controls.withKlWeight(Schedule.parse(klWeight, epoch));
      }
      if (clipNorm != null) {
        controls = controls.withClipNorm(clipNorm);
      }
      if (freeBits != null) {
        controls = controls.withFreeBits(freeBits);
      }
      if (importanceSamples != null) {
        controls = controls.withImportanceSamples(importanceSamples);
      }
      return config.toBuilder().controls(controls).build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(e, Text.program() + " train --help");
    }
  }

  /** A saved state with another end and what is kept of it, which change no step. */
  TrainingState ending(TrainingState state) {
    VaeConfig saved = state.config();
    try {
      return state.withConfig(saved.toBuilder().controls(ending(saved.controls())).build());
    } catch (IllegalArgumentException e) {
      throw new UsageException(e, Text.program() + " train --help");
    }
  }

  private TrainingControls ending(TrainingControls controls) {
    TrainingControls patient = patience == null ? controls : controls.withPatience(patience);
    return keepBest ? patient.keepingBest() : patient;
  }

  /** Refuses options that contradict a saved run, naming each. */
  void checkAgainst(VaeConfig saved, int trainSize, Object folder) {
    TrainingControls given = over(saved, trainSize).controls();
    TrainingControls there = saved.controls();
    List<String> wrong = new ArrayList<>();
    compare(wrong, "--learning-rate-schedule", given.learningRate(), there.learningRate());
    compare(wrong, "--beta-schedule", given.klWeight(), there.klWeight());
    compare(wrong, "--clip-norm", given.clipNorm(), there.clipNorm());
    compare(wrong, "--free-bits", given.freeBits(), there.freeBits());
    compare(wrong, "--importance-samples", given.importanceSamples(), there.importanceSamples());
    if (!wrong.isEmpty()) {
      throw new UsageException(
          "contradicts the run saved in " + folder + ": " + String.join(", ", wrong),
          "--resume without these options, or a new run with another --out");
    }
  }

  private static void compare(List<String> wrong, String option, Object given, Object saved) {
    if (!given.equals(saved)) {
      wrong.add("%s: %s (there %s)".formatted(option, given, saved));
    }
  }
}
