package gpuvae.cli;

import gpuvae.Evaluation;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.measure.BitsPerDimension;
import gpuvae.measure.DataEntropy;
import gpuvae.measure.ImportanceBound;
import gpuvae.measure.LatentUse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What an evaluation came to: as words, and as numbers for a program. */
final class EvaluationReport {
  private static final int DIMENSIONS_SAID = 10;

  private final VaeConfig config;
  private final Dataset data;
  private final Evaluation evaluation;
  private final LatentUse use;
  private final ImportanceBound bound;
  private final double floor;
  private final BitsPerDimension bits;

  /**
   * Of one data set.
   *
   * @param use null for a model that does not sample
   * @param bound null if it was not asked for
   */
  EvaluationReport(
      VaeConfig config, Dataset data, Evaluation evaluation, LatentUse use, ImportanceBound bound) {
    this.config = config;
    this.data = data;
    this.evaluation = evaluation;
    this.use = use;
    this.bound = bound;
    floor =
        config.likelihood() == Likelihood.BERNOULLI
            ? DataEntropy.of(config.input(), data)
            : Double.NaN;
    bits =
        config.isVariational()
            ? BitsPerDimension.of(config, data, bound == null ? evaluation.elbo() : bound.nats())
            : null;
  }

  /** Words, in lines that fit a terminal. */
  void say(BaseCommand to) {
    if (config.isVariational()) {
      figure(to, "ELBO", evaluation.elbo(), evaluation.elboStandardError(), " nats per sample");
      figure(to, "reconstruction", evaluation.reconstruction(), "");
      figure(to, "KL", evaluation.kl(), "");
    } else {
      figure(to, "reconstruction", evaluation.reconstruction(), evaluation.standardError(), "");
    }
    if (config.klWeight() != 1 && config.isVariational()) {
      String weight = " (KL x " + config.klWeight() + ")";
      figure(to, "loss", evaluation.total(), evaluation.standardError(), weight);
    }
    if (floor > 0) {
      figure(to, "entropy", floor, "of the gray values: no reconstruction is below it");
    }
    if (bound != null) {
      String what = ", importance-weighted, K = " + Text.count(bound.weights());
      figure(to, "bound", bound.nats(), bound.standardError(), what);
    }
    if (use != null) {
      sayBits(to);
    }
    if (config.likelihood() == Likelihood.SQUARED_ERROR) {
      to.say("");
      saySquaredError(to);
    }
    if (use != null) {
      to.say("");
      sayUse(to);
    }
  }

  private static void figure(BaseCommand to, String label, double value, String words) {
    to.say("%s", Text.format("%-15s %10.3f  %s", label, value, words).stripTrailing());
  }

  private static void figure(
      BaseCommand to, String label, double value, double error, String words) {
    String sign = to.terminal.unicode() ? "±" : "+-";
    figure(to, label, value, Text.format("%s %.3f%s", sign, error, words));
  }

  private void saySquaredError(BaseCommand to) {
    to.sayLabelled(
        "",
        Text.format(
            "The reconstruction is the squared error summed over a sample (mean of an element:"
                + " %.6g), a Gaussian's nats without its constant D/2 ln pi = %.3f: take that from"
                + " ELBO and bound for log p(x) itself, of variance 1/2.",
            evaluation.meanSquaredError(), constant()));
  }

  private double constant() {
    return config.likelihood().constant(data.features());
  }

  private void sayBits(BaseCommand to) {
    if (Double.isNaN(bits.bits())) {
      to.sayLabelled("bits/dimension  ", "none: " + bits.meaning());
    } else {
      figure(to, "bits/dimension", bits.bits(), "at most, " + bits.meaning());
    }
  }

  private void sayUse(BaseCommand to) {
    to.say(
        "active latents  %d of %d, whose mean varies by more than %s over the data",
        use.active(), config.latent(), LatentUse.ACTIVE_VARIANCE);
    String most =
        use.byKl().stream()
            .limit(DIMENSIONS_SAID)
            .map(dimension -> Text.format("%d: %.2f", dimension.index(), dimension.kl()))
            .collect(Collectors.joining(", "));
    String rest = config.latent() > DIMENSIONS_SAID ? ", ... (all in --json)" : "";
    to.sayLabelled("KL by latent    ", most + rest);
    use.collapse()
        .ifPresent(
            words -> {
              to.say("");
              to.sayLabelled("", words);
            });
  }

  /** For JSON; NaN where a number means nothing. */
  Map<String, Object> numbers(Path model) {
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("model", model.toString());
    numbers.put("preset", config.name());
    numbers.put("data", data.name());
    numbers.put("protocol", evaluation.protocol());
    numbers.put("samples", evaluation.samples());
    numbers.put("elbo", evaluation.elbo());
    numbers.put("elbo_standard_error", evaluation.elboStandardError());
    numbers.put("loss", evaluation.total());
    numbers.put("standard_error", evaluation.standardError());
    numbers.put("reconstruction", evaluation.reconstruction());
    numbers.put("kl", evaluation.kl());
    numbers.put("kl_weight", evaluation.klWeight());
    numbers.put("mean_squared_error", evaluation.meanSquaredError());
    numbers.put("log_density_constant", constant());
    numbers.put("data_entropy", floor);
    if (bound != null) {
      numbers.put("importance_samples", bound.weights());
      numbers.put("importance_bound", bound.nats());
      numbers.put("importance_standard_error", bound.standardError());
    }
    if (use != null) {
      numbers.put("bits_per_dimension", bits.bits());
      numbers.put("bits_meaning", bits.meaning());
      numbers.put("active_latents", use.active());
      numbers.put("kl_by_latent", use.dimensions().stream().map(LatentUse.Dimension::kl).toList());
      numbers.put(
          "mean_variance_by_latent",
          use.dimensions().stream().map(LatentUse.Dimension::meanVariance).toList());
      numbers.put("collapse", use.collapse().orElse(null));
    }
    return numbers;
  }
}
