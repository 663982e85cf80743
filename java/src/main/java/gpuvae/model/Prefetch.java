package gpuvae.model;

import gpuvae.backend.Backend;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.backend.Tensors;

/**
 * Batches of resident data sets, fetched a step ahead: a step that is done with its own has the one
 * that follows in the order fetched, while it updates the parameters. Where a step needs another
 * one, that is fetched before it.
 */
final class Prefetch {
  private final Backend backend;

  /** Attempt and position of the batch to be fetched next. */
  private final StepState ahead;

  /** What is fetched is of this data set; null for nothing. */
  private ResidentData data;

  private int orders;
  private int position;
  private int rows;

  Prefetch(Backend backend, Tensors tensors, long seed) {
    this.backend = backend;
    ahead = new StepState(tensors);
    seed(seed);
  }

  /** Key of the noise. */
  void seed(long seed) {
    forget();
    ahead.set(backend, StepState.SEED, seed);
  }

  /** The batch's memory is used for something else. */
  void forget() {
    data = null;
  }

  /**
   * Before a step: x is its batch then. Until {@link #given} nobody knows what is fetched.
   *
   * @param attempt the step's number
   */
  void need(ResidentData resident, int start, int count, long attempt, Tensor x) {
    boolean there =
        data == resident && orders == resident.orders() && position == start && count <= rows;
    forget();
    if (!there) {
      ahead.set(backend, StepState.ATTEMPT, attempt);
      ahead.set(backend, StepState.POSITION, start);
      backend.fetch(ahead, resident.rows(), count, x);
    } else if (count < rows) {
      ahead.set(backend, StepState.POSITION, start + count);
    }
    orders = resident.orders();
    position = start + count;
    rows = count;
  }

  /** The end of the step's body: the next batch beside the last work. */
  void beside(Runnable work, ResidentData resident, int count, Tensor x) {
    backend.fetchBeside(work, ahead, resident.rows(), count, x);
  }

  /** The step on a batch of this set was given. */
  void given(ResidentData resident) {
    data = resident;
  }
}
