package gpuvae.backend.reference;

import gpuvae.backend.ObjectiveOperations;
import gpuvae.backend.PosteriorHead;
import gpuvae.backend.PosteriorTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;

/** {@link ObjectiveOperations} of the oracle. */
abstract class DoubleObjectives extends DoubleImages implements ObjectiveOperations {
  @Override
  public ObjectiveOperations objectives() {
    return this;
  }

  @Override
  public void freeBits(int rows, double nats, PosteriorTensors t) {
    PosteriorHead head = t.head();
    Matrix both = Matrix.of(t.heads());
    int latent = both.columns() / 2;
    for (int c = 0; c < latent; c++) {
      double sum = 0;
      for (int r = 0; r < rows; r++) {
        sum += Formulas.kl(head, both.get(r, c), both.get(r, latent + c));
      }
      if (sum / rows > nats) {
        continue;
      }
      for (int r = 0; r < rows; r++) {
        double d = Matrix.of(t.dz()).get(r, c);
        double e = Matrix.of(t.eps()).get(r, c);
        double s = Matrix.of(t.sigma()).get(r, c);
        Matrix.of(t.dHeads()).set(r, c, d);
        Matrix.of(t.dHeads())
            .set(r, latent + c, Formulas.secondGradient(head, both.get(r, latent + c), e, s, d, 0));
      }
    }
  }

  @Override
  public void repeatRows(int rows, int samples, Tensor source, Tensor destination) {
    Matrix from = Matrix.of(source);
    for (int r = 0; r < rows * samples; r++) {
      for (int c = 0; c < from.columns(); c++) {
        Matrix.of(destination).set(r, c, from.get(r / samples, c));
      }
    }
  }

  @Override
  public void scaleRows(int rows, Tensor factors, Tensor x) {
    Matrix values = Matrix.of(x);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < values.columns(); c++) {
        values.set(r, c, values.get(r, c) * Matrix.of(factors).get(r));
      }
    }
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
    double klWeight = number(state, StepState.KL_WEIGHT);
    for (int r = 0; r < rows; r++) {
      double[] log = new double[samples];
      double most = Double.NEGATIVE_INFINITY;
      for (int s = 0; s < samples; s++) {
        int row = r * samples + s;
        double ratio = 0;
        for (int c = 0; c < t.z().columns(); c++) {
          double e = Matrix.of(t.eps()).get(row, c);
          double v = Matrix.of(t.z()).get(row, c);
          ratio += (e * e - v * v) / 2 + Math.log(Matrix.of(t.sigma()).get(row, c));
        }
        log[s] = klWeight * ratio - Matrix.of(reconstruction).get(row);
        most = Math.max(most, log[s]);
      }
      double sum = 0;
      for (double l : log) {
        sum += Math.exp(l - most);
      }
      for (int s = 0; s < samples; s++) {
        Matrix.of(weights).set(r * samples + s, Math.exp(log[s] - most) / sum);
      }
      double divergence = Matrix.of(t.kl()).get(r * samples);
      double bound = most + Math.log(sum / samples);
      Matrix.of(losses).set(r, -bound - klWeight * divergence);
      Matrix.of(divergences).set(r, divergence);
    }
  }

  @Override
  public void importanceBackward(StepState state, int rows, PosteriorTensors t, Tensor weights) {
    int latent = t.z().columns();
    double klWeight = number(state, StepState.KL_WEIGHT);
    for (int r = 0; r < rows; r++) {
      double weight = klWeight * Matrix.of(weights).get(r);
      for (int c = 0; c < latent; c++) {
        double d = Matrix.of(t.dz()).get(r, c) + weight * Matrix.of(t.z()).get(r, c);
        double s = Matrix.of(t.sigma()).get(r, c);
        double second = Matrix.of(t.heads()).get(r, latent + c);
        double bySigma = d * Matrix.of(t.eps()).get(r, c) - weight / s;
        Matrix.of(t.dHeads()).set(r, c, d);
        Matrix.of(t.dHeads())
            .set(
                r,
                latent + c,
                switch (t.head()) {
                  case LOG_VARIANCE -> bySigma * s / 2;
                  case SOFTPLUS_SIGMA -> bySigma * Formulas.sigmoid(second);
                  case RELU_SIGMA -> second > 0 ? bySigma : 0;
                });
      }
    }
  }
}
