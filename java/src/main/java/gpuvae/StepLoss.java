package gpuvae;

import gpuvae.backend.StepState;

/**
 * The losses of one training step, per sample, read from the device when asked for; reading waits
 * for it. They can be read during the next 1023 steps and until the model is closed; once read they
 * stay. Later each method but {@link #step} throws an {@link IllegalStateException}.
 */
public final class StepLoss {
  private final GpuVae vae;
  private final long step;
  private double[] fields;

  StepLoss(GpuVae vae, long step) {
    this.vae = vae;
    this.step = step;
  }

  /** The number of this step: 0 for the model's first. */
  public long step() {
    return step;
  }

  /**
   * Reconstruction loss in nats per sample (with squared error, the sum over features). Of the
   * importance-weighted bound what is not {@link #kl} with its weight: less than the loss of one
   * sample.
   */
  public double reconstruction() {
    return field(2) / field(1);
  }

  /** KL divergence from the prior in nats per sample, without its weight; 0 without sampling. */
  public double kl() {
    return field(3) / field(1);
  }

  /**
   * What was minimised: reconstruction + KL weight x KL, in nats per sample, with the weight that
   * the KL term's schedule gave this step. Free bits are not in it: the KL is charged whole.
   */
  public double total() {
    return reconstruction() + vae.config().klWeightAt(step) * kl();
  }

  /** Euclidean norm of the gradient of the loss summed over the batch. */
  public double gradientNorm() {
    return Math.sqrt(field(4));
  }

  /** Rows of the batch. */
  public int rows() {
    return (int) field(1);
  }

  /**
   * Whether loss and gradient were finite, and so the step was taken. If not, the model is as it
   * was before.
   */
  public boolean accepted() {
    return field(5) != 0;
  }

  /** Running sums as they were when this step was done: of the steps before it and it. */
  public RunningLoss running() {
    return RunningLoss.of(field(6), field(7), (long) field(8), (long) field(9), (long) field(10));
  }

  private synchronized double field(int index) {
    if (fields == null) {
      double[] slot = vae.readSlot(step);
      if (slot[0] != step) {
        throw new IllegalStateException(
            "the loss of step %d is gone: only the last %d steps are kept"
                .formatted(step, StepState.RING_SLOTS));
      }
      fields = slot;
    }
    return fields[index];
  }

  @Override
  public String toString() {
    return accepted()
        ? "step %d: total %.4f, reconstruction %.4f, KL %.4f nats per sample"
            .formatted(step, total(), reconstruction(), kl())
        : "step %d: refused, loss or gradient is not finite (reconstruction %s, KL %s)"
            .formatted(step, reconstruction(), kl());
  }
}
