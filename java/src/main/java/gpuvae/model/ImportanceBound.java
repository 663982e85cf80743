package gpuvae.model;

import gpuvae.backend.Backend;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;

/** The importance-weighted bound of several samples a row (Burda et al., 2016). */
final class ImportanceBound {
  private final Backend backend;
  private final int samples;
  private final Bottleneck bottleneck;
  private final Tensor weights;
  private final Tensor losses;
  private final Tensor divergences;

  /**
   * Of what the bottleneck draws.
   *
   * @param capacity rows, without their repetitions
   */
  ImportanceBound(LayerContext context, int samples, int capacity, Bottleneck bottleneck) {
    backend = context.backend();
    this.samples = samples;
    this.bottleneck = bottleneck;
    weights = context.rows(1);
    losses = context.workspace().take(capacity, 1);
    divergences = context.workspace().take(capacity, 1);
  }

  /** F32 [capacity x samples, 1]: each sample's part of the gradient. */
  Tensor weights() {
    return weights;
  }

  /** Weights and the step's losses, from the samples' reconstruction losses. */
  void weigh(StepState state, int rows, Tensor reconstruction) {
    backend
        .objectives()
        .importanceWeights(
            state,
            rows,
            samples,
            reconstruction,
            bottleneck.posterior(),
            weights,
            losses,
            divergences);
    backend.sumLosses(state, rows, losses, divergences);
  }
}
