package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertFalse;

import gpuvae.backend.reference.Formulas;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The likelihoods, and the sum over a batch. */
abstract class LossOperations extends OperationsSuite {
  /** Where a loss leaves its gradient. */
  enum Gradient {
    NONE,
    APART,
    IN_PLACE
  }

  LossOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  @ParameterizedTest
  @EnumSource
  void bernoulli(Gradient where) {
    forSizes((rows, n) -> bernoulli(where, rows, n));
  }

  private void bernoulli(Gradient where, int rows, int n) {
    String what = name("bernoulliLoss [%d, %d], gradient %s", rows, n, where);
    Pair logits = poisoned(capacity(rows), n).set(inputs.wild(rows * n, 4, 100));
    Pair target = poisoned(capacity(rows), n).set(inputs.probabilities(rows * n));
    Pair gradient = gradient(where, logits);
    Pair perRow = poisoned(capacity(rows));
    tested.bernoulliLoss(rows, logits.tested, target.tested, tested(gradient), perRow.tested);
    oracle.bernoulliLoss(rows, logits.exact, target.exact, exact(gradient), perRow.exact);
    perRow.check(
        what + ", nats",
        rows,
        (row, expected) ->
            Tolerances.lossRow(
                n,
                rowSum(
                    row, n, i -> Tolerances.bernoulliMagnitude(logits.input(i), target.input(i)))));
    if (gradient != null) {
      gradient.check(
          what + ", gradient",
          rows,
          (i, expected) -> Tolerances.bernoulliGradient(logits.input(i), expected));
    }
    if (gradient != logits) {
      logits.checkUntouched(what + ", logits");
    }
    target.checkUntouched(what + ", target");
  }

  @ParameterizedTest
  @EnumSource
  void squaredErrorOfOutput(Gradient where) {
    forSizes((rows, n) -> squaredError(Activation.IDENTITY, where, rows, n));
  }

  @ParameterizedTest
  @EnumSource
  void squaredErrorOfSigmoid(Gradient where) {
    forSizes((rows, n) -> squaredError(Activation.SIGMOID, where, rows, n));
  }

  private void squaredError(Activation output, Gradient where, int rows, int n) {
    String what = name("squaredErrorLoss %s [%d, %d], gradient %s", output, rows, n, where);
    Pair pre = poisoned(capacity(rows), n).set(inputs.wild(rows * n, 2, 100));
    Pair target = poisoned(capacity(rows), n).set(inputs.wild(rows * n, 1, 3));
    Pair gradient = gradient(where, pre);
    Pair perRow = poisoned(capacity(rows));
    IntToDoubleFunction y = i -> Formulas.value(output, pre.input(i));
    IntToDoubleFunction difference = i -> y.applyAsDouble(i) - target.input(i);
    tested.squaredErrorLoss(
        rows, pre.tested, output, target.tested, tested(gradient), perRow.tested);
    oracle.squaredErrorLoss(rows, pre.exact, output, target.exact, exact(gradient), perRow.exact);
    perRow.check(
        what + ", sum",
        rows,
        (row, expected) ->
            Tolerances.sum(n, expected)
                + rowSum(
                    row,
                    n,
                    i ->
                        Tolerances.square(
                            output, y.applyAsDouble(i), difference.applyAsDouble(i))));
    if (gradient != null) {
      gradient.check(
          what + ", gradient",
          rows,
          (i, expected) ->
              Tolerances.squareGradient(output, y.applyAsDouble(i), difference.applyAsDouble(i)));
    }
    if (gradient != pre) {
      pre.checkUntouched(what + ", pre");
    }
    target.checkUntouched(what + ", target");
  }

  private Pair gradient(Gradient where, Pair input) {
    return switch (where) {
      case NONE -> null;
      case APART -> poisoned(input.rows, input.columns);
      case IN_PLACE -> input;
    };
  }

  private static double rowSum(int row, int n, IntToDoubleFunction element) {
    double sum = 0;
    for (int i = row * n; i < (row + 1) * n; i++) {
      sum += element.applyAsDouble(i);
    }
    return sum;
  }

  /** Else a step that should be refused would be accepted. */
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void whatIsNotFiniteIsNotLost(float bad) {
    for (int n : SIZES) {
      for (int loss = 0; loss < 3; loss++) {
        float[] values = inputs.normal(n, 1);
        int where = inputs.below(n);
        values[where] = bad;
        Pair pre = poisoned(1, n).set(values);
        Pair target = poisoned(1, n).set(inputs.normal(n, 1));
        if (loss == 1) {
          float[] targets = inputs.normal(n, 1);
          targets[where] = bad;
          target.set(targets);
          pre.set(inputs.normal(n, 1));
        }
        Pair perRow = poisoned(1);
        if (loss == 2) {
          tested.bernoulliLoss(1, pre.tested, target.tested, null, perRow.tested);
        } else {
          tested.squaredErrorLoss(
              1, pre.tested, Activation.IDENTITY, target.tested, null, perRow.tested);
        }
        assertFalse(
            Float.isFinite(perRow.values(1)[0]), name("loss %d of %s at %d", loss, bad, where));
        release();
      }
    }
  }

  /** Doubles added in row order leave no choice: the same bits. */
  @ParameterizedTest
  @MethodSource("lengths")
  void sumLosses(int rows) {
    Pair reconstruction = poisoned(capacity(rows)).set(inputs.normal(rows, 100));
    Pair kl = poisoned(capacity(rows), 1).set(inputs.normal(rows, 10));
    StatePair state = state();
    tested.sumLosses(state.tested, rows, reconstruction.tested, kl.tested);
    oracle.sumLosses(state.exact, rows, reconstruction.exact, kl.exact);
    state.check(name("sumLosses of %d rows", rows));
    tested.sumLosses(state.tested, rows, reconstruction.tested, null);
    oracle.sumLosses(state.exact, rows, reconstruction.exact, null);
    state.check(name("sumLosses of %d rows without KL", rows));
  }

  @Test
  void sumLossesKeepsWhatIsNotFinite() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] losses = inputs.normal(13, 100);
      losses[inputs.below(13)] = bad;
      Pair reconstruction = poisoned(13).set(losses);
      StatePair state = state();
      tested.sumLosses(state.tested, 13, reconstruction.tested, null);
      oracle.sumLosses(state.exact, 13, reconstruction.exact, null);
      state.check(name("sumLosses with %s", bad));
    }
  }
}
