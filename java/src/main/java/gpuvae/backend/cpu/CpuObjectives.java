package gpuvae.backend.cpu;

import gpuvae.backend.ObjectiveOperations;
import gpuvae.backend.PosteriorHead;
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
  public void freeBits(
      int rows,
      PosteriorHead head,
      double nats,
      Tensor heads,
      Tensor eps,
      Tensor sigma,
      Tensor dz,
      Tensor dHeads) {
    FreeBits.run(rows, head, nats, heads, eps, sigma, dz, dHeads);
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
      Tensor kl,
      Tensor eps,
      Tensor sigma,
      Tensor z,
      Tensor weights,
      Tensor losses,
      Tensor divergences) {
    Importance.weights(
        state, rows, samples, reconstruction, kl, eps, sigma, z, weights, losses, divergences);
  }

  @Override
  public void importanceBackward(
      StepState state,
      int rows,
      PosteriorHead head,
      Tensor heads,
      Tensor eps,
      Tensor sigma,
      Tensor z,
      Tensor weights,
      Tensor dz,
      Tensor dHeads) {
    Importance.backward(state, rows, head, heads, eps, sigma, z, weights, dz, dHeads);
  }
}
