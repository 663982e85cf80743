package gpuvae.backend.cpu;

import gpuvae.backend.ObjectiveOperations;
import gpuvae.backend.PosteriorTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;

/** What other objectives than the plain evidence lower bound need. */
final class CpuObjectives implements ObjectiveOperations {
  private final RepeatRows repeatRows;
  private final ScaleRows scaleRows;

  CpuObjectives(WorkerPool pool) {
    repeatRows = new RepeatRows(pool);
    scaleRows = new ScaleRows(pool);
  }

  @Override
  public void freeBits(int rows, double nats, PosteriorTensors t) {
    FreeBits.run(rows, nats, t);
  }

  @Override
  public void repeatRows(int rows, int samples, Tensor source, Tensor destination) {
    repeatRows.run(rows, samples, source, destination);
  }

  @Override
  public void scaleRows(int rows, Tensor factors, Tensor x) {
    scaleRows.run(rows, factors, x);
  }

  @Override
  public void importanceWeights(
      StepState state,
      int rows,
      int samples,
      Tensor reconstruction,
      PosteriorTensors t,
      Tensor weights,
      Tensor losses,
      Tensor divergences) {
    Importance.weights(state, rows, samples, reconstruction, t, weights, losses, divergences);
  }

  @Override
  public void importanceBackward(StepState state, int rows, PosteriorTensors t, Tensor weights) {
    Importance.backward(state, rows, t, weights);
  }
}
