package gpuvae.train;

import gpuvae.GpuVae;
import gpuvae.RunningLoss;

/** Watches a training run; called on its thread. Every method has an empty default. */
public interface TrainingListener {
  /** The loop begins, at this epoch (1 for the first) and batch (0 for the first). */
  default void started(int epoch, int batch, int batchesPerEpoch) {}

  /**
   * Some steps were taken; called several times a second at most, since the host waits for the
   * device then.
   *
   * @param batch steps taken in this epoch
   * @param loss means since the epoch's start, before its end without the last few steps
   */
  default void progress(int epoch, int batch, RunningLoss loss) {}

  /** An epoch is over; the model may be used (pictures), then all is saved. */
  default void epochEnded(EpochReport report, GpuVae vae) {}

  /** Steps were refused because loss or gradient were not finite. */
  default void refused(int epoch, int batch, RunningLoss loss) {}
}
