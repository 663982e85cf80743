package gpuvae.config;

import java.util.ArrayList;
import java.util.List;

/**
 * What steers training beside the loss; {@link #NONE} leaves all of it alone.
 *
 * @param learningRate factor of {@link OptimizerConfig#learningRate}
 * @param klWeight factor of {@link VaeConfig#klWeight}: KL warm-up, cyclical annealing
 * @param clipNorm the greatest Euclidean norm of the gradient (of the loss summed over the batch);
 *     infinite for none
 * @param freeBits nats of each latent dimension that the KL term does not charge for (Kingma et
 *     al., 2016, equation 15: max(freeBits, mean KL divergence over the batch)); 0 for none
 * @param importanceSamples samples of z a row; with 2 and more the importance-weighted bound is
 *     trained on (Burda et al., 2016), with 1 the evidence lower bound
 * @param patience epochs without a new least test loss after which training ends; 0 for never
 * @param keepBest whether the model of the least test loss is saved beside the last
 */
public record TrainingControls(
    Schedule learningRate,
    Schedule klWeight,
    double clipNorm,
    double freeBits,
    int importanceSamples,
    int patience,
    boolean keepBest) {
  /** Nothing varies. */
  public static final TrainingControls NONE =
      new TrainingControls(
          Schedule.CONSTANT, Schedule.CONSTANT, Double.POSITIVE_INFINITY, 0, 1, 0, false);

  /** Checks the fields. */
  public TrainingControls {
    Check.given("controls.learningRate", learningRate);
    Check.given("controls.klWeight", klWeight);
    if (!(clipNorm > 0)) {
      throw Check.refusal("controls.clipNorm", clipNorm, "positive numbers");
    }
    Check.notNegative("controls.freeBits", freeBits);
    Check.atLeastOne("controls.importanceSamples", importanceSamples);
    if (freeBits > 0 && importanceSamples > 1) {
      throw Check.refusal(
          "controls.freeBits", freeBits, "0 with importanceSamples: their bound has no KL term");
    }
    Check.notNegative("controls.patience", patience);
  }

  /** The same with another schedule of the learning rate. */
  public TrainingControls withLearningRate(Schedule schedule) {
    return new TrainingControls(
        schedule, klWeight, clipNorm, freeBits, importanceSamples, patience, keepBest);
  }

  /** The same with another schedule of the KL term's weight. */
  public TrainingControls withKlWeight(Schedule schedule) {
    return new TrainingControls(
        learningRate, schedule, clipNorm, freeBits, importanceSamples, patience, keepBest);
  }

  /** The same with gradients clipped to another norm. */
  public TrainingControls withClipNorm(double norm) {
    return new TrainingControls(
        learningRate, klWeight, norm, freeBits, importanceSamples, patience, keepBest);
  }

  /** The same with another number of free nats of each latent dimension. */
  public TrainingControls withFreeBits(double nats) {
    return new TrainingControls(
        learningRate, klWeight, clipNorm, nats, importanceSamples, patience, keepBest);
  }

  /** The same with another number of samples of z a row. */
  public TrainingControls withImportanceSamples(int samples) {
    return new TrainingControls(
        learningRate, klWeight, clipNorm, freeBits, samples, patience, keepBest);
  }

  /** The same, ending after so many epochs without a new least test loss. */
  public TrainingControls withPatience(int epochs) {
    return new TrainingControls(
        learningRate, klWeight, clipNorm, freeBits, importanceSamples, epochs, keepBest);
  }

  /** The same, keeping the model of the least test loss. */
  public TrainingControls keepingBest() {
    return new TrainingControls(
        learningRate, klWeight, clipNorm, freeBits, importanceSamples, patience, true);
  }

  /** What is not as in {@link #NONE}, for people. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    if (!learningRate.equals(Schedule.CONSTANT)) {
      parts.add("learning rate " + learningRate);
    }
    if (!klWeight.equals(Schedule.CONSTANT)) {
      parts.add("beta " + klWeight);
    }
    if (clipNorm < Double.POSITIVE_INFINITY) {
      parts.add("gradient clipped to norm " + clipNorm);
    }
    if (freeBits > 0) {
      parts.add(freeBits + " free nats of each latent dimension");
    }
    if (importanceSamples > 1) {
      parts.add("importance-weighted bound of " + importanceSamples + " samples");
    }
    if (patience > 0) {
      parts.add("ends after " + patience + " epochs without a new least test loss");
    }
    if (keepBest) {
      parts.add("keeps the best model");
    }
    return parts.isEmpty() ? "not steered" : String.join("; ", parts);
  }
}
