package gpuvae.io;

import gpuvae.config.VaeConfig;
import java.util.Map;

/**
 * All that training needs to go on with the same bits: one file, {@link ModelFolder#STATE}.
 *
 * @param config what the model is
 * @param seed it was created with
 * @param weights parameters and running statistics
 * @param firstMoment Adam's m, flat like the parameters
 * @param secondMoment Adam's v, likewise
 * @param words of {@link gpuvae.backend.StepState}
 * @param notes of the training loop: where it was
 */
public record TrainingState(
    VaeConfig config,
    long seed,
    Weights weights,
    float[] firstMoment,
    float[] secondMoment,
    long[] words,
    Map<String, String> notes) {
  /** The same with another configuration, which must have the same parameters. */
  public TrainingState withConfig(VaeConfig other) {
    return new TrainingState(other, seed, weights, firstMoment, secondMoment, words, notes);
  }
}
