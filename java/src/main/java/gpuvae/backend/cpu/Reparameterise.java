package gpuvae.backend.cpu;

import gpuvae.backend.PosteriorHead;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;

/** z = mu + sigma eps and the KL divergence, and their backward pass. */
final class Reparameterise extends RowTask {
  /** Costly functions: a row counts as so many times its length. */
  private static final int COST = 16;

  private static final float SIGMA_FLOOR = 1e-6f;

  private final Normal normal;
  private boolean backward;
  private boolean draw;
  private PosteriorHead head;
  private int latent;
  private float klWeight;
  private float[] heads;
  private int headsOffset;
  private float[] eps;
  private int epsOffset;
  private float[] sigma;
  private int sigmaOffset;
  private float[] z;
  private int zOffset;

  /** KL divergences forward, gradients of the heads backward. */
  private float[] result;

  private int resultOffset;

  Reparameterise(WorkerPool pool) {
    super(pool);
    normal = new Normal(pool.workers());
  }

  void forward(
      StepState state,
      int rows,
      PosteriorHead kind,
      Tensor headsIn,
      boolean drawn,
      Tensor noise,
      Tensor sigmas,
      Tensor sample,
      Tensor kl) {
    normal.set(state);
    backward = false;
    draw = drawn;
    run(rows, kind, headsIn, noise, sigmas, sample, kl);
  }

  void backward(
      StepState state,
      int rows,
      PosteriorHead kind,
      Tensor headsIn,
      Tensor noise,
      Tensor sigmas,
      Tensor dz,
      Tensor dHeads) {
    backward = true;
    klWeight =
        (float) Double.longBitsToDouble(CpuStorage.longs(state.words())[StepState.KL_WEIGHT]);
    run(rows, kind, headsIn, noise, sigmas, dz, dHeads);
  }

  private void run(
      int rows,
      PosteriorHead kind,
      Tensor headsIn,
      Tensor noise,
      Tensor sigmas,
      Tensor sample,
      Tensor out) {
    head = kind;
    latent = noise.columns();
    heads = CpuStorage.floats(headsIn);
    headsOffset = (int) headsIn.offset();
    eps = CpuStorage.floats(noise);
    epsOffset = (int) noise.offset();
    sigma = CpuStorage.floats(sigmas);
    sigmaOffset = (int) sigmas.offset();
    z = CpuStorage.floats(sample);
    zOffset = (int) sample.offset();
    result = CpuStorage.floats(out);
    resultOffset = (int) out.offset();
    runRows(rows, COST * latent);
  }

  @Override
  void rows(int from, int to, int worker) {
    for (int row = from; row < to; row++) {
      if (backward) {
        backwardRow(row);
      } else {
        if (draw) {
          normal.row(row, eps, epsOffset + row * latent, latent, worker);
        }
        result[resultOffset + row] = forwardRow(row);
      }
    }
  }

  /** Returns the row's KL divergence. */
  private float forwardRow(int row) {
    int mean = headsOffset + 2 * row * latent;
    int second = mean + latent;
    double twice = 0;
    for (int j = 0; j < latent; j++) {
      float mu = heads[mean + j];
      float h = heads[second + j];
      float s =
          switch (head) {
            case LOG_VARIANCE -> FloatMath.exp(0.5f * h);
            case SOFTPLUS_SIGMA -> FloatMath.softplus(h);
            case RELU_SIGMA -> (h <= 0 ? 0 : h) + SIGMA_FLOOR;
          };
      float spread =
          head == PosteriorHead.LOG_VARIANCE
              ? FloatMath.expm1(h) - h
              : Math.fma(s, s, -1) - 2 * FloatMath.log(s);
      twice += Math.fma(mu, mu, spread);
      sigma[sigmaOffset + row * latent + j] = s;
      z[zOffset + row * latent + j] = Math.fma(s, eps[epsOffset + row * latent + j], mu);
    }
    return (float) (0.5 * twice);
  }

  private void backwardRow(int row) {
    int mean = 2 * row * latent;
    for (int j = 0; j < latent; j++) {
      int at = row * latent + j;
      float dz = z[zOffset + at];
      float h = heads[headsOffset + mean + latent + j];
      result[resultOffset + mean + j] = Math.fma(klWeight, heads[headsOffset + mean + j], dz);
      result[resultOffset + mean + latent + j] =
          secondGradient(h, sigma[sigmaOffset + at], dz * eps[epsOffset + at]);
    }
  }

  /**
   * Gradient of the second head.
   *
   * @param h the head
   * @param s sigma
   * @param dSigma gradient of the loss with respect to sigma, without the KL divergence
   */
  private float secondGradient(float h, float s, float dSigma) {
    if (head == PosteriorHead.LOG_VARIANCE) {
      return 0.5f * Math.fma(klWeight, FloatMath.expm1(h), dSigma * s);
    }
    float whole = Math.fma(klWeight, s - 1 / s, dSigma);
    if (head == PosteriorHead.RELU_SIGMA) {
      return h <= 0 ? 0 : whole;
    }
    return whole * -FloatMath.expm1(-s);
  }
}
