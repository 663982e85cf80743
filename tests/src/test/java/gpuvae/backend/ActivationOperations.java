package gpuvae.backend;

import gpuvae.backend.reference.Formulas;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bias and activation, forward and backward. */
abstract class ActivationOperations extends OperationsSuite {
  ActivationOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  @ParameterizedTest
  @MethodSource("activations")
  void biasActivation(Activation activation) {
    forSizes((rows, columns) -> forward(activation, rows, columns, true, false));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void biasActivationWithoutBias(Activation activation) {
    forSizes((rows, columns) -> forward(activation, rows, columns, false, false));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void biasActivationInPlace(Activation activation) {
    if (!activation.needsInput()) {
      forSizes((rows, columns) -> forward(activation, rows, columns, true, true));
      forSizes((rows, columns) -> forward(activation, rows, columns, false, true));
    }
  }

  private void forward(
      Activation activation, int rows, int columns, boolean biased, boolean inPlace) {
    String what =
        name(
            "biasActivation %s [%d, %d]%s%s",
            activation, rows, columns, biased ? "" : " no bias", inPlace ? " in place" : "");
    Pair pre = poisoned(capacity(rows), columns).set(inputs.wild(rows * columns, 3, 100));
    Pair bias = biased ? poisoned(columns).set(inputs.wild(columns, 1, 2)) : null;
    Pair y = inPlace ? pre : poisoned(capacity(rows), columns);
    double[] x = new double[rows * columns];
    for (int i = 0; i < x.length; i++) {
      x[i] = pre.input(i) + (biased ? bias.input(i % columns) : 0);
    }
    tested.biasActivation(rows, pre.tested, tested(bias), activation, y.tested);
    oracle.biasActivation(rows, pre.exact, exact(bias), activation, y.exact);
    y.check(
        what + ", y",
        rows,
        (i, expected) ->
            Tolerances.activation(
                activation, x[i], expected, biased ? Tolerances.biased(x[i]) : 0));
    if (!inPlace) {
      pre.check(what + ", pre", rows, (i, expected) -> biased ? Tolerances.biased(expected) : 0);
    }
    if (biased) {
      bias.checkUntouched(what + ", bias");
    }
  }

  /** Else a step that should be refused would be accepted. */
  @ParameterizedTest
  @MethodSource("activations")
  void notANumberIsNotLost(Activation activation) {
    for (int columns : SIZES) {
      float[] values = inputs.normal(13 * columns, 1);
      values[inputs.below(values.length)] = Float.NaN;
      Pair pre = poisoned(13, columns).set(values);
      Pair y = poisoned(13, columns);
      tested.biasActivation(13, pre.tested, null, activation, y.tested);
      oracle.biasActivation(13, pre.exact, null, activation, y.exact);
      y.check(
          name("%s of NaN", activation),
          13,
          (i, expected) -> Tolerances.activation(activation, pre.input(i), expected, 0));
      release();
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void activationBackward(Activation activation) {
    forSizes((rows, columns) -> backward(activation, rows, columns, true));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void activationBackwardWithoutBias(Activation activation) {
    forSizes((rows, columns) -> backward(activation, rows, columns, false));
  }

  private void backward(Activation activation, int rows, int columns, boolean biased) {
    String what =
        name(
            "activationBackward %s [%d, %d]%s",
            activation, rows, columns, biased ? "" : " no bias gradient");
    float[] x = inputs.wild(rows * columns, 3, 80);
    float[] outputs = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      outputs[i] = (float) Formulas.value(activation, x[i]);
    }
    Pair y = poisoned(capacity(rows), columns).set(outputs);
    Pair pre = activation.needsInput() ? poisoned(capacity(rows), columns).set(x) : y;
    Pair dy = poisoned(capacity(rows), columns).set(inputs.wild(rows * columns, 1, 30));
    Pair biasGradient = biased ? poisoned(columns) : null;
    Bound bound =
        (i, expected) -> Tolerances.activationBackward(activation, x[i], outputs[i], dy.input(i));
    tested.activationBackward(
        rows, activation, pre.tested, y.tested, dy.tested, tested(biasGradient));
    oracle.activationBackward(rows, activation, pre.exact, y.exact, dy.exact, exact(biasGradient));
    dy.check(what + ", dy", rows, bound);
    pre.checkUntouched(what + ", pre");
    y.checkUntouched(what + ", y");
    if (biased) {
      // What the column sums add up is what the backend itself left in dy.
      biasGradient.check(what + ", bias gradient", columns, columnSums(dy, rows, bound));
    }
  }

  /** The elements' own errors, and those of a sum in any order. */
  private static Bound columnSums(Pair dy, int rows, Bound element) {
    double[] error = new double[dy.columns];
    double[] magnitude = new double[dy.columns];
    double[] values = dy.expected();
    for (int i = 0; i < rows * dy.columns; i++) {
      error[i % dy.columns] += element.at(i, values[i]);
      magnitude[i % dy.columns] += Math.abs(values[i]);
    }
    return (column, expected) -> 1.01 * error[column] + Tolerances.sum(rows, magnitude[column]);
  }
}
