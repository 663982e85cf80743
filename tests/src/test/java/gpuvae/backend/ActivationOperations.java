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
    forSizes((rows, columns) -> forward(activation, rows, columns, 1, true, false));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void biasActivationWithoutBias(Activation activation) {
    forSizes((rows, columns) -> forward(activation, rows, columns, 1, false, false));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void biasActivationInPlace(Activation activation) {
    if (!activation.needsInput()) {
      forSizes((rows, columns) -> forward(activation, rows, columns, 1, true, true));
      forSizes((rows, columns) -> forward(activation, rows, columns, 1, false, true));
    }
  }

  /** A channel's bias for each pixel of its plane. */
  @ParameterizedTest
  @MethodSource("activations")
  void planes(Activation activation) {
    for (int rows : new int[] {1, 5}) {
      for (int channels : new int[] {1, 3, 64}) {
        for (int plane : new int[] {2, 15, 16, 49, 221, 784}) {
          planes(activation, rows, channels, plane);
        }
      }
    }
    planes(activation, 5, 3, LONG);
  }

  private void planes(Activation activation, int rows, int channels, int plane) {
    boolean inPlace = !activation.needsInput() && inputs.below(2) == 0;
    forward(activation, rows, channels, plane, true, inPlace);
    release();
    backward(activation, rows, channels, plane, true);
    release();
  }

  private void forward(
      Activation activation, int rows, int channels, int plane, boolean biased, boolean inPlace) {
    String what =
        name(
            "biasActivation %s [%d, %d x %d]%s%s",
            activation,
            rows,
            channels,
            plane,
            biased ? "" : " no bias",
            inPlace ? " in place" : "");
    int columns = channels * plane;
    Pair pre = poisoned(capacity(rows), columns).set(inputs.wild(rows * columns, 3, 100));
    Pair bias = biased ? poisoned(channels).set(inputs.wild(channels, 1, 2)) : null;
    Pair y = inPlace ? pre : poisoned(capacity(rows), columns);
    double[] x = new double[rows * columns];
    for (int i = 0; i < x.length; i++) {
      x[i] = pre.input(i) + (biased ? bias.input(i % columns / plane) : 0);
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
    forSizes((rows, columns) -> backward(activation, rows, columns, 1, true));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void activationBackwardWithoutBias(Activation activation) {
    forSizes((rows, columns) -> backward(activation, rows, columns, 1, false));
  }

  private void backward(Activation activation, int rows, int channels, int plane, boolean biased) {
    String what =
        name(
            "activationBackward %s [%d, %d x %d]%s",
            activation, rows, channels, plane, biased ? "" : " no bias gradient");
    int columns = channels * plane;
    float[] x = inputs.wild(rows * columns, 3, 80);
    float[] outputs = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      outputs[i] = (float) Formulas.value(activation, x[i]);
    }
    Pair y = poisoned(capacity(rows), columns).set(outputs);
    Pair pre = activation.needsInput() ? poisoned(capacity(rows), columns).set(x) : y;
    Pair dy = poisoned(capacity(rows), columns).set(inputs.wild(rows * columns, 1, 30));
    Pair biasGradient = biased ? poisoned(channels) : null;
    Bound bound =
        (i, expected) -> Tolerances.activationBackward(activation, x[i], outputs[i], dy.input(i));
    tested.activationBackward(
        rows, activation, pre.tested, y.tested, dy.tested, tested(biasGradient));
    oracle.activationBackward(rows, activation, pre.exact, y.exact, dy.exact, exact(biasGradient));
    dy.check(what + ", dy", rows, bound);
    pre.checkUntouched(what + ", pre");
    y.checkUntouched(what + ", y");
    if (biased) {
      // What the sums add up is what the backend itself left in dy.
      biasGradient.check(
          what + ", bias gradient", channels, sums(dy, rows, channels, plane, bound));
    }
  }

  /** The elements' own errors, and those of a sum in any order. */
  private static Bound sums(Pair dy, int rows, int channels, int plane, Bound element) {
    double[] error = new double[channels];
    double[] values = dy.expected();
    for (int i = 0; i < rows * dy.columns; i++) {
      error[i % dy.columns / plane] += element.at(i, values[i]);
    }
    Bound sum = channelSums(dy, rows, channels);
    return (channel, expected) -> 1.01 * error[channel] + sum.at(channel, expected);
  }
}
