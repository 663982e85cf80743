package gpuvae.cli;

import gpuvae.config.Schedule;
import gpuvae.config.TrainingControls;
import gpuvae.config.VaeConfig;
import picocli.CommandLine.Option;

/** The options that steer training. */
final class ControlOptions {
  @Option(
      names = "--learning-rate-schedule",
      paramLabel = "S",
      description =
          "Factor of the learning rate: constant, cosine:E[:FLOOR], step:E:FACTOR, linear:E[:FROM]"
              + " (a warm-up); E in epochs. Default: constant.")
  String learningRate;

  @Option(
      names = "--beta-schedule",
      paramLabel = "S",
      description =
          "Factor of beta: linear:E[:FROM] (KL warm-up in E epochs), cyclical:E[:RAMP] (again every"
              + " E epochs), or as above. Default: constant.")
  String klWeight;

  /** A configuration with what was given. */
  VaeConfig over(VaeConfig config, int trainSize) {
    try {
      long epoch = Math.ceilDiv(trainSize, config.batchSize());
      TrainingControls controls = config.controls();
      if (learningRate != null) {
        controls = controls.withLearningRate(Schedule.parse(learningRate, epoch));
      }
      if (klWeight != null) {
        controls = controls.withKlWeight(Schedule.parse(klWeight, epoch));
      }
      return config.toBuilder().controls(controls).build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(e, "gpuvae train --help");
    }
  }

  /** Refuses options that contradict a saved run. */
  void checkAgainst(VaeConfig saved, int trainSize, Object folder) {
    TrainingControls given = over(saved, trainSize).controls();
    if (!given.equals(saved.controls())) {
      throw new UsageException(
          "contradicts the run saved in %s: %s (there %s)"
              .formatted(folder, given, saved.controls()),
          "--resume without these options, or a new run with another --out");
    }
  }
}
