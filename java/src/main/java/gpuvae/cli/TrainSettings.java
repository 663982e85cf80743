package gpuvae.cli;

import gpuvae.backend.Binarisation;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.config.VaeConfigBuilder;
import gpuvae.io.TrainingState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The options that change a preset. */
final class TrainSettings {
  static final String DEFAULT_PRESET = "mlp-relu";
  static final long DEFAULT_SEED = 42;

  @Option(
      names = "--preset",
      paramLabel = "PRESET",
      completionCandidates = PresetNames.class,
      description = "${COMPLETION-CANDIDATES}. Default: " + DEFAULT_PRESET + ".")
  String preset;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the data. Default: the preset's.")
  Integer epochs;

  @Option(
      names = "--batch-size",
      paramLabel = "B",
      description = "Samples a step. Default: the preset's.")
  Integer batchSize;

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      description = "Adam's step size. Default: the preset's.")
  Double learningRate;

  @Option(
      names = "--beta",
      paramLabel = "X",
      description = "Weight of the KL term. Default: the preset's.")
  Double beta;

  @Option(names = "--latent", paramLabel = "N", description = "Size of z. Default: the preset's.")
  Integer latent;

  @Option(
      names = "--binarise",
      paramLabel = "HOW",
      description =
          "Pixels as 0 or 1, drawn once (static) or anew in each step (dynamic): none, static,"
              + " dynamic. Default: none.")
  Binarisation binarise;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description =
          "Of parameters, noise and order: the same seed gives the same bits. Default: "
              + DEFAULT_SEED
              + ".")
  Long seed;

  /** The configuration of a new run. */
  VaeConfig config(Shape shape) {
    String name = preset == null ? DEFAULT_PRESET : preset;
    VaeConfig published = PresetNames.config(name);
    if (beta != null && !published.isVariational()) {
      throw new UsageException("--beta: " + name + " has no KL term", "without --beta");
    }
    try {
      VaeConfig base = VaeConfig.preset(name, shape);
      VaeConfigBuilder builder = base.toBuilder();
      if (binarise != null) {
        builder.input(base.input().withBinarisation(binarise));
      }
      if (epochs != null) {
        builder.epochs(epochs);
      }
      if (batchSize != null) {
        builder.batchSize(batchSize);
      }
      if (learningRate != null) {
        builder.learningRate(learningRate);
      }
      if (beta != null) {
        builder.klWeight(beta);
      }
      if (latent != null) {
        builder.latent(latent);
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(e, null);
    }
  }

  long seed() {
    return seed == null ? DEFAULT_SEED : seed;
  }

  /** A saved state with more epochs, if they were asked for. */
  TrainingState raised(TrainingState state) {
    if (epochs == null || epochs == state.config().epochs()) {
      return state;
    }
    return state.withConfig(state.config().toBuilder().epochs(epochs).build());
  }

  /** Refuses options that contradict a saved run, naming each. */
  void checkAgainst(TrainingState state, Object folder) {
    VaeConfig saved = state.config();
    List<String> wrong = new ArrayList<>();
    compare(wrong, "--preset", preset, saved.name());
    compare(wrong, "--batch-size", batchSize, saved.batchSize());
    compare(wrong, "--learning-rate", learningRate, saved.optimizer().learningRate());
    compare(wrong, "--beta", beta, saved.klWeight());
    compare(wrong, "--latent", latent, saved.latent());
    compare(wrong, "--binarise", binarise, saved.input().binarisation());
    compare(wrong, "--seed", seed, state.seed());
    if (epochs != null && epochs < saved.epochs()) {
      wrong.add("--epochs %d (there %d: it may only be raised)".formatted(epochs, saved.epochs()));
    }
    if (!wrong.isEmpty()) {
      throw new UsageException(
          "contradicts the run saved in " + folder + ": " + String.join(", ", wrong),
          "--resume without these options, or a new run with another --out");
    }
  }

  private static void compare(List<String> wrong, String option, Object given, Object saved) {
    if (given != null && !given.equals(saved)) {
      wrong.add("%s %s (there %s)".formatted(option, name(given), name(saved)));
    }
  }

  private static String name(Object value) {
    return value instanceof Enum<?> ? value.toString().toLowerCase(Locale.ROOT) : "" + value;
  }
}
