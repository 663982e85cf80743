package gpuvae.train;

import java.util.List;

/**
 * How a training run ended.
 *
 * @param reports all epochs, those before a resume included
 * @param stopped whether {@link Trainer#stop} ended it before its last epoch
 */
public record TrainingResult(List<EpochReport> reports, boolean stopped) {}
