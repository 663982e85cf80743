package gpuvae;

import gpuvae.backend.StepState;

/**
 * Losses summed on the device over many steps, so that a training loop reads them once per report.
 *
 * @param samples rows of accepted steps
 * @param reconstruction mean over them, nats per sample
 * @param kl mean over them, nats per sample
 * @param refused steps whose loss or gradient was not finite
 * @param refusedInARow such steps since the last accepted one
 */
public record RunningLoss(
    long samples, double reconstruction, double kl, long refused, long refusedInARow) {
  static RunningLoss of(long[] words) {
    return of(
        Double.longBitsToDouble(words[StepState.TOTAL_RECONSTRUCTION]),
        Double.longBitsToDouble(words[StepState.TOTAL_KL]),
        words[StepState.TOTAL_ROWS],
        words[StepState.TOTAL_REFUSED],
        words[StepState.REFUSED_IN_A_ROW]);
  }

  /** From sums over rows. */
  static RunningLoss of(
      double reconstruction, double kl, long rows, long refused, long refusedInARow) {
    return new RunningLoss(rows, reconstruction / rows, kl / rows, refused, refusedInARow);
  }
}
