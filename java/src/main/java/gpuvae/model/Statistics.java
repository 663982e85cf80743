package gpuvae.model;

import gpuvae.backend.Backend;
import gpuvae.backend.ElementType;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.backend.Tensors;
import gpuvae.config.LayerConfig;

/**
 * Batch norms' means and variances: of the last batch, and running. Each is one flat buffer of the
 * layout's statistics.
 */
public final class Statistics {
  private final ParameterLayout layout;
  private final Tensor batch;
  private final Tensor running;
  private long batchesBefore;

  /** Allocates; {@link VaeModel} sets the running ones. */
  Statistics(Tensors tensors, ParameterLayout layout) {
    this.layout = layout;
    boolean none = layout.statistics().isEmpty();
    batch = none ? null : tensors.allocate(ElementType.F32, layout.statisticsSize());
    running = none ? null : tensors.allocate(ElementType.F32, layout.statisticsSize());
    if (!none) {
      tensors.backend().fill(batch, 0);
    }
  }

  /** F32 [statistics size]; null for a model without batch norm. */
  public Tensor running() {
    return running;
  }

  /** Batches that the running ones had taken in before this model's first step. */
  public long batchesBefore() {
    return batchesBefore;
  }

  /** Sets {@link #batchesBefore}, which nothing but PyTorch's num_batches_tracked is made of. */
  public void batchesBefore(long batches) {
    batchesBefore = batches;
  }

  /** F32 [2, channels] of a batch norm. */
  Tensor running(String name) {
    return view(running, name);
  }

  /** F32 [2, channels] of a batch norm. */
  Tensor batch(String name) {
    return view(batch, name);
  }

  private Tensor view(Tensor buffer, String name) {
    ParameterLayout.Entry mean = layout.statistic(name + ".running_mean");
    return buffer.view(mean.offset(), 2, mean.size());
  }

  /** At the end of a step: if it was accepted, the running statistics take in the batch's. */
  void blend(Backend backend, StepState state) {
    if (running != null) {
      backend.images().blendStatistics(state, LayerConfig.BatchNorm.MOMENTUM, batch, running);
    }
  }
}
