package gpuvae.measure;

import java.util.List;

/**
 * How unusual a sample is to a model: its negative ELBO, in nats; of a model that does not sample,
 * its reconstruction error. As in the losses, a {@link gpuvae.config.Likelihood#constant} is left
 * out.
 *
 * @param reconstruction the loss of what came back
 * @param kl what its posterior carries over the prior; 0 without sampling
 * @param largest the features with the largest terms of the reconstruction, the largest first
 */
public record AnomalyScore(double reconstruction, double kl, List<Term> largest) {
  /** Keeps a copy. */
  public AnomalyScore {
    largest = List.copyOf(largest);
  }

  /**
   * One feature's part of the reconstruction.
   *
   * @param feature from 0
   * @param nats its term
   */
  public record Term(int feature, double nats) {}

  /** The score itself: larger is more unusual. */
  public double value() {
    return reconstruction + kl;
  }

  /** Whether it lies above a threshold; a score that is no number does. */
  public boolean exceeds(double threshold) {
    return !(value() <= threshold);
  }
}
