package gpuvae.backend.cpu;

import gpuvae.backend.PosteriorHead;
import gpuvae.backend.PosteriorTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import java.util.Arrays;

/**
 * z = mu + sigma eps and the KL divergence, and their backward pass. A piece's rows are worked on
 * as one, so that vectors are full however short a row is.
 */
final class Reparameterise extends RowTask {
  /** Costly functions: a row counts as so many times its length. */
  private static final int COST = 4;

  private final Kernels kernels;
  private final Normal normal;
  private final Scratch[] scratch;
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

  /** One worker's: the two heads of a piece, row after row. */
  private static final class Scratch {
    private float[] mean = {};
    private float[] second;

    void reserve(int n) {
      if (mean.length < n) {
        mean = new float[n];
        second = new float[n];
      }
    }
  }

  Reparameterise(WorkerPool pool, Kernels kernels) {
    super(pool);
    this.kernels = kernels;
    normal = new Normal(kernels, pool.workers());
    scratch = new Scratch[pool.workers()];
    Arrays.setAll(scratch, worker -> new Scratch());
  }

  void forward(StepState state, int rows, PosteriorTensors t, boolean drawn) {
    normal.set(state);
    backward = false;
    draw = drawn;
    run(rows, t, t.z(), t.kl());
  }

  void backward(StepState state, int rows, PosteriorTensors t) {
    backward = true;
    klWeight =
        (float) Double.longBitsToDouble(CpuStorage.longs(state.words())[StepState.KL_WEIGHT]);
    run(rows, t, t.dz(), t.dHeads());
  }

  private void run(int rows, PosteriorTensors t, Tensor sample, Tensor out) {
    head = t.head();
    latent = t.eps().columns();
    heads = CpuStorage.floats(t.heads());
    headsOffset = (int) t.heads().offset();
    eps = CpuStorage.floats(t.eps());
    epsOffset = (int) t.eps().offset();
    sigma = CpuStorage.floats(t.sigma());
    sigmaOffset = (int) t.sigma().offset();
    z = CpuStorage.floats(sample);
    zOffset = (int) sample.offset();
    result = CpuStorage.floats(out);
    resultOffset = (int) out.offset();
    runRows(rows, COST * latent);
  }

  @Override
  void rows(int from, int to, int worker) {
    Scratch own = scratch[worker];
    own.reserve((to - from) * latent);
    for (int row = from; row < to; row++) {
      int source = headsOffset + 2 * row * latent;
      int target = (row - from) * latent;
      System.arraycopy(heads, source, own.mean, target, latent);
      System.arraycopy(heads, source + latent, own.second, target, latent);
    }
    if (backward) {
      backward(from, to, own.mean, own.second);
    } else {
      if (draw) {
        normal.rows(from, to, eps, epsOffset, latent, worker);
      }
      forward(from, to, own.mean, own.second);
    }
  }

  /** The second heads become the terms of the KL divergence. */
  private void forward(int from, int to, float[] mean, float[] second) {
    int n = (to - from) * latent;
    int at = from * latent;
    int deviation = sigmaOffset + at;
    float[] twiceKl = second;
    switch (head) {
      case LOG_VARIANCE -> {
        kernels.map(Function.EXP_HALF, n, second, 0, sigma, deviation);
        kernels.map(Function.EXP_REST, n, second, 0, twiceKl, 0);
      }
      case SOFTPLUS_SIGMA -> {
        kernels.map(Function.SOFTPLUS, n, second, 0, sigma, deviation);
        kernels.map(Function.SPREAD, n, sigma, deviation, twiceKl, 0);
      }
      case RELU_SIGMA -> {
        kernels.map(Function.FLOORED_RELU, n, second, 0, sigma, deviation);
        kernels.map(Function.SPREAD, n, sigma, deviation, twiceKl, 0);
      }
    }
    kernels.sample(n, mean, 0, sigma, deviation, eps, epsOffset + at, z, zOffset + at, twiceKl, 0);
    for (int row = from; row < to; row++) {
      result[resultOffset + row] = (float) (0.5 * sum(latent, twiceKl, (row - from) * latent));
    }
  }

  private static double sum(int n, float[] x, int xOffset) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[xOffset + i];
    }
    return sum;
  }

  /** The heads become their gradients. */
  private void backward(int from, int to, float[] mean, float[] second) {
    int n = (to - from) * latent;
    int at = from * latent;
    int deviation = sigmaOffset + at;
    switch (head) {
      case LOG_VARIANCE -> kernels.map(Function.EXPM1, n, second, 0, second, 0);
      case SOFTPLUS_SIGMA -> kernels.map(Function.SOFTPLUS_SLOPE, n, sigma, deviation, second, 0);
      case RELU_SIGMA -> kernels.map(Function.RELU_SLOPE, n, second, 0, second, 0);
    }
    kernels.sampleBackward(
        n,
        head == PosteriorHead.LOG_VARIANCE,
        klWeight,
        sigma,
        deviation,
        eps,
        epsOffset + at,
        z,
        zOffset + at,
        mean,
        0,
        second,
        0);
    for (int row = from; row < to; row++) {
      int source = (row - from) * latent;
      int target = resultOffset + 2 * row * latent;
      System.arraycopy(mean, source, result, target, latent);
      System.arraycopy(second, source, result, target + latent, latent);
    }
  }
}
