package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;
import java.util.Arrays;

/** Reconstruction loss of each row and its gradient, in one pass. */
final class Loss extends RowTask {
  private final Kernels kernels;
  private final float[][] lanes;

  /** Null for Bernoulli, else the activation before a squared error. */
  private Activation output;

  private boolean sigmoid;

  private float[] y;
  private int yOffset;
  private float[] target;
  private int targetOffset;
  private float[] gradient;
  private int gradientOffset;
  private float[] perRow;
  private int perRowOffset;
  private int columns;

  /** Functions of one row's values, two for each worker. */
  private float[][] terms;

  private float[][] moreTerms;

  Loss(WorkerPool pool, Kernels kernels) {
    super(pool);
    this.kernels = kernels;
    lanes = new float[pool.workers()][Lanes.COUNT];
    terms = new float[pool.workers()][0];
    moreTerms = terms;
  }

  void run(
      int rows, Tensor pre, Activation function, Tensor data, Tensor gradients, Tensor losses) {
    output = function;
    y = CpuStorage.floats(pre);
    yOffset = (int) pre.offset();
    target = CpuStorage.floats(data);
    targetOffset = (int) data.offset();
    gradient = gradients == null ? null : CpuStorage.floats(gradients);
    gradientOffset = gradients == null ? 0 : (int) gradients.offset();
    perRow = CpuStorage.floats(losses);
    perRowOffset = (int) losses.offset();
    columns = pre.columns();
    sigmoid = output != null && output.kind() == Activation.Kind.SIGMOID;
    if (terms[0].length < CacheLines.FIRST + columns) {
      terms = CacheLines.floats(terms.length, columns);
      moreTerms = CacheLines.floats(terms.length, columns);
    }
    runRows(rows, columns);
  }

  @Override
  void rows(int from, int to, int worker) {
    float[] sums = lanes[worker];
    for (int row = from; row < to; row++) {
      Arrays.fill(sums, 0);
      int start = row * columns;
      int x = targetOffset + start;
      int d = gradientOffset + start;
      if (output == null) {
        bernoulli(start, terms[worker], moreTerms[worker], sums);
      } else if (sigmoid) {
        sigmoidError(start, terms[worker], sums);
      } else {
        kernels.squaredError(columns, y, yOffset + start, target, x, gradient, d, sums);
      }
      perRow[perRowOffset + row] = Lanes.sum(sums);
    }
  }

  /** Function by function: all in one loop would be more than C2 takes into one method. */
  private void bernoulli(int start, float[] e, float[] rest, float[] sums) {
    int at = yOffset + start;
    int first = CacheLines.FIRST;
    kernels.map(Function.EXP_MINUS_ABS, columns, y, at, e, first);
    kernels.map(Function.LOG1P, columns, e, first, rest, first);
    kernels.bernoulliLoss(
        columns,
        y,
        at,
        e,
        rest,
        first,
        target,
        targetOffset + start,
        gradient,
        gradientOffset + start,
        sums);
  }

  private void sigmoidError(int start, float[] values, float[] sums) {
    int x = targetOffset + start;
    int d = gradientOffset + start;
    int first = CacheLines.FIRST;
    kernels.activation(columns, y, yOffset + start, output, values, first);
    kernels.squaredError(columns, values, first, target, x, gradient, d, sums);
    if (gradient != null) {
      kernels.activationBackward(1, columns, columns, output, values, first, gradient, d, null, 0);
    }
  }
}
