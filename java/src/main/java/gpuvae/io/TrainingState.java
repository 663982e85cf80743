package gpuvae.io;

import gpuvae.config.VaeConfig;
import java.util.Map;

/**
 * All that training needs to go on with the same bits: one file, {@link ModelFolder#STATE}.
 *
 * @param config what the model is
 * @param seed it was created with
 * @param values parameters, flat as {@link gpuvae.model.ParameterLayout} has them
 * @param firstMoment Adam's m, likewise
 * @param secondMoment Adam's v, likewise
 * @param words of {@link gpuvae.backend.StepState}
 * @param notes of the training loop: where it was
 */
public record TrainingState(
    VaeConfig config,
    long seed,
    float[] values,
    float[] firstMoment,
    float[] secondMoment,
    long[] words,
    Map<String, String> notes) {}
