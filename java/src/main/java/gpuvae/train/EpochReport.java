package gpuvae.train;

/**
 * What one epoch came to; losses in nats per sample.
 *
 * @param epoch 1 for the first
 * @param trainLoss mean over the epoch's steps as they were taken: reconstruction + KL weight x KL,
 *     with the weight that a schedule is a factor of, so that epochs can be compared
 * @param trainReconstruction mean over the epoch's steps
 * @param trainKl mean over the epoch's steps, without its weight
 * @param testLoss after the epoch, with one sample of z an image; NaN without test data
 * @param testReconstruction likewise
 * @param testKl likewise
 * @param seconds wall-clock time of the epoch, training and testing
 */
public record EpochReport(
    int epoch,
    double trainLoss,
    double trainReconstruction,
    double trainKl,
    double testLoss,
    double testReconstruction,
    double testKl,
    double seconds) {}
