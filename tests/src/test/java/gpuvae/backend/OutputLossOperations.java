package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuvae.backend.reference.Formulas;
import gpuvae.backend.reference.PrimitivesOnly;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The last layer with its loss in one. The gradient takes the logits' place, so bounds carry the
 * product's error through the loss; what is summed is held to the oracle's sum of what the backend
 * left.
 */
abstract class OutputLossOperations extends OperationsSuite {
  private static final int[] ROWS = {1, 13, 207};
  private static final int[] IN = {1, 127};
  private static final int[] OUT = {1, 13, 128, 207};

  OutputLossOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  /** What a loss adds to an element's logit l with the error e. */
  private interface Loss {
    double perRow(double l, double target, double e);

    double gradient(double l, double target, double gradient, double e);
  }

  private static final Loss BERNOULLI =
      new Loss() {
        @Override
        public double perRow(double l, double target, double e) {
          // The slope is below 1 + |x|, the curvature at most 1/4.
          return (1 + Math.abs(target)) * e + e * e;
        }

        @Override
        public double gradient(double l, double target, double gradient, double e) {
          return Tolerances.bernoulliGradient(l, gradient) + e;
        }
      };

  private static Loss squaredError(Activation output) {
    return new Loss() {
      @Override
      public double perRow(double l, double target, double e) {
        double y = Formulas.value(output, l);
        double d = y - target;
        return Tolerances.square(output, y, d) + 2 * Math.abs(d) * e + e * e;
      }

      @Override
      public double gradient(double l, double target, double gradient, double e) {
        double y = Formulas.value(output, l);
        double d = y - target;
        // 2 (y - x) y' has a slope of at most 2 y'^2 + 2 |y - x| |y''|.
        return Tolerances.squareGradient(output, y, d) + 2 * (1 + Math.abs(d)) * e;
      }
    };
  }

  @Test
  void bernoulli() {
    forBoth(null, BERNOULLI);
  }

  @Test
  void squaredErrorOfOutput() {
    forBoth(Activation.IDENTITY, squaredError(Activation.IDENTITY));
  }

  @Test
  void squaredErrorOfSigmoid() {
    forBoth(Activation.SIGMOID, squaredError(Activation.SIGMOID));
  }

  private void forBoth(Activation output, Loss loss) {
    Backend defaults = PrimitivesOnly.over(tested);
    for (int rows : ROWS) {
      for (int in : IN) {
        for (int out : OUT) {
          for (boolean withKl : new boolean[] {true, false}) {
            check("own", tested, output, loss, rows, in, out, withKl);
            release();
            check("default", defaults, output, loss, rows, in, out, withKl);
            release();
          }
        }
      }
    }
  }

  private void check(
      String version,
      Backend backend,
      Activation output,
      Loss loss,
      int rows,
      int in,
      int out,
      boolean withKl) {
    String what = name("%s dense loss %s [%d, %d] to %d", version, output, rows, in, out);
    StatePair state = state();
    Pair x = poisoned(capacity(rows), in).set(inputs.normal(rows * in, 1));
    Pair weight = poisoned(out, in).set(inputs.normal(out * in, 0.3));
    Pair bias = poisoned(out).set(inputs.normal(out, 1));
    Pair target = poisoned(capacity(rows), out).set(inputs.probabilities(rows * out));
    Pair kl = withKl ? poisoned(capacity(rows)).set(inputs.normal(rows, 3)) : null;
    Pair gradient = poisoned(capacity(rows), out);
    Pair biasGradient = poisoned(out);
    Pair perRow = poisoned(capacity(rows));

    Tensor sums = oracle.allocate(ElementType.F32, capacity(rows), out);
    oracle.denseForward(
        rows, LayerTensors.linear(x.exact, weight.exact, bias.exact, sums, null, null, null, null));
    double[] logits = oracle.doubles(sums);
    oracle.free(sums);
    LayerPairs t = LayerPairs.linear(x, weight, bias, gradient, gradient, null, biasGradient, null);
    run(backend, output, state.tested, rows, t.tested(), target.tested, tested(kl), perRow.tested);
    run(oracle, output, state.exact, rows, t.exact(), target.exact, exact(kl), perRow.exact);

    Bound ofLogits = CompositeOperations.affine(x, weight, bias);
    perRow.check(
        what + ", nats",
        rows,
        (row, expected) -> {
          double magnitude = 0;
          double allowed = 0;
          for (int j = 0; j < out; j++) {
            int i = row * out + j;
            double l = logits[i];
            magnitude += output == null ? Tolerances.bernoulliMagnitude(l, target.input(i)) : 0;
            allowed += loss.perRow(l, target.input(i), ofLogits.at(i, l));
          }
          return Tolerances.lossRow(out, Math.max(magnitude, expected)) + allowed;
        });
    gradient.check(
        what + ", gradient",
        rows,
        (i, expected) ->
            loss.gradient(logits[i], target.input(i), expected, ofLogits.at(i, logits[i])));
    checkSums(what, state, rows, out, kl, gradient, biasGradient, perRow);
    for (Pair input : new Pair[] {x, weight, bias, target}) {
      input.checkUntouched(what + ", an input");
    }
  }

  /** Column sums of the gradient, and the batch's sums, of what was left. */
  private void checkSums(
      String what,
      StatePair state,
      int rows,
      int out,
      Pair kl,
      Pair gradient,
      Pair biasGradient,
      Pair perRow) {
    float[] left = gradient.values(rows);
    gradient.adopt(rows);
    oracle.activationBackward(
        rows,
        Activation.IDENTITY,
        gradient.exact,
        gradient.exact,
        gradient.exact,
        biasGradient.exact);
    biasGradient.check(
        what + ", bias gradient",
        out,
        (column, expected) -> {
          double magnitude = 0;
          for (int r = 0; r < rows; r++) {
            magnitude += Math.abs(left[r * out + column]);
          }
          return Tolerances.sum(rows, magnitude);
        });
    double sum = 0;
    for (float nats : perRow.values(rows)) {
      sum += nats;
    }
    double klSum = 0;
    double klMagnitude = 0;
    for (int r = 0; kl != null && r < rows; r++) {
      klSum += kl.input(r);
      klMagnitude += Math.abs(kl.input(r));
    }
    assertEquals(
        sum,
        state.number(StepState.RECONSTRUCTION),
        Tolerances.doubleSum(2L * rows, sum),
        what + ", sum of losses");
    assertEquals(
        klSum,
        state.number(StepState.KL),
        Tolerances.doubleSum(2L * rows, klMagnitude),
        what + ", sum of KL");
  }

  private static void run(
      Backend backend,
      Activation output,
      StepState state,
      int rows,
      LayerTensors t,
      Tensor target,
      Tensor kl,
      Tensor perRow) {
    if (output == null) {
      backend.denseBernoulliLoss(state, rows, t, target, kl, perRow);
    } else {
      backend.denseSquaredErrorLoss(state, rows, t, output, target, kl, perRow);
    }
  }
}
