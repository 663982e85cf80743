package gpuvae.backend.cpu;

import gpuvae.backend.AdamSettings;
import gpuvae.backend.AdamTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import java.util.Arrays;

/** The gradient norm, and Adam in one pass over the flat buffers. */
final class Optimizer {
  private static final int CHUNK = 1 << 13;

  private final WorkerPool pool;
  private final Kernels kernels;
  private final double[][] lanes;
  private final Task squares = this::squares;
  private final Task adam = this::adam;
  private final AdamFactors factors = new AdamFactors();
  private double[] partial = {};
  private int size;
  private float[] parameters;
  private int parametersOffset;
  private float[] gradients;
  private int gradientsOffset;
  private float[] first;
  private int firstOffset;
  private float[] second;
  private int secondOffset;

  Optimizer(WorkerPool pool, Kernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
    lanes = new double[pool.workers()][Lanes.COUNT];
  }

  private void setGradients(Tensor tensor) {
    size = (int) tensor.size();
    gradients = CpuStorage.floats(tensor);
    gradientsOffset = (int) tensor.offset();
  }

  /** The sum of squares: each chunk by lanes, then chunks in order. */
  double sumOfSquares(Tensor tensor) {
    setGradients(tensor);
    int chunks = Math.ceilDiv(size, CHUNK);
    if (partial.length < chunks) {
      partial = new double[chunks];
    }
    pool.run(squares, chunks);
    double sum = 0;
    for (int i = 0; i < chunks; i++) {
      sum += partial[i];
    }
    return sum;
  }

  private void squares(int chunk, int worker) {
    double[] sums = lanes[worker];
    Arrays.fill(sums, 0);
    int from = chunk * CHUNK;
    int count = Math.min(CHUNK, size - from);
    kernels.squares(count, gradients, gradientsOffset + from, sums);
    partial[chunk] = Lanes.sum(sums);
  }

  /** One step, as step STEP + 1 of the state. */
  void adam(long[] state, AdamSettings settings, AdamTensors t) {
    factors.set(
        settings,
        Double.longBitsToDouble(state[StepState.LEARNING_RATE]),
        Double.longBitsToDouble(state[StepState.BETA1_POWER]) * settings.beta1(),
        Double.longBitsToDouble(state[StepState.BETA2_POWER]) * settings.beta2(),
        Double.longBitsToDouble(state[StepState.GRADIENT_SQUARES]));
    setGradients(t.gradients());
    parameters = CpuStorage.floats(t.parameters());
    parametersOffset = (int) t.parameters().offset();
    first = CpuStorage.floats(t.firstMoment());
    firstOffset = (int) t.firstMoment().offset();
    second = CpuStorage.floats(t.secondMoment());
    secondOffset = (int) t.secondMoment().offset();
    pool.run(adam, Math.ceilDiv(size, CHUNK));
  }

  private void adam(int chunk, int worker) {
    int from = chunk * CHUNK;
    kernels.adam(
        Math.min(CHUNK, size - from),
        factors,
        parameters,
        parametersOffset + from,
        gradients,
        gradientsOffset + from,
        first,
        firstOffset + from,
        second,
        secondOffset + from);
  }
}
