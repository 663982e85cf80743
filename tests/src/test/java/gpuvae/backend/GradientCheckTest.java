package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.fail;

import gpuvae.backend.reference.DoubleBackend;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The backward formulas of the seam against central differences of the forward ones, on the
 * double-precision oracle with fixed noise. Every backend is held to this oracle's gradients.
 */
class GradientCheckTest {
  private static final double STEP = 1e-6;
  private static final double RELATIVE = 1e-6;
  private static final int ROWS = 5;
  private static final int IN = 7;
  private static final int OUT = 6;
  private static final double KL_WEIGHT = 0.7;

  private final DoubleBackend backend = new DoubleBackend();
  private final Inputs inputs = new Inputs();

  private Tensor random(int... shape) {
    Tensor tensor = backend.allocate(ElementType.F32, shape);
    draw(tensor);
    return tensor;
  }

  private void draw(Tensor tensor) {
    float[] values = inputs.normal((int) tensor.size(), 1);
    backend.write(tensor, values, 0, values.length);
  }

  /** Draws the bias anew until no sum lies where a kink or a pole is within some steps. */
  private void keepFromZero(Tensor bias, Supplier<Tensor> sums) {
    while (Arrays.stream(backend.doubles(sums.get())).anyMatch(x -> Math.abs(x) < 0.005)) {
      draw(bias);
    }
  }

  private Tensor empty(int... shape) {
    return backend.allocate(ElementType.F32, shape);
  }

  private Tensor copy(Tensor tensor) {
    Tensor copy = backend.allocate(ElementType.F32, tensor.shape());
    backend.setDoubles(copy, backend.doubles(tensor));
    return copy;
  }

  /** sum(weights * values): a loss whose gradient with respect to the values is the weights. */
  private double weighted(Tensor values, Tensor weights) {
    double[] v = backend.doubles(values);
    double[] w = backend.doubles(weights);
    double sum = 0;
    for (int i = 0; i < v.length; i++) {
      sum += v[i] * w[i];
    }
    return sum;
  }

  private double total(Tensor values) {
    double sum = 0;
    for (double value : backend.doubles(values)) {
      sum += value;
    }
    return sum;
  }

  /** d loss / d variable by central differences, element by element. */
  private void check(String what, Tensor variable, Tensor gradient, DoubleSupplier loss) {
    double[] at = backend.doubles(variable);
    double[] claimed = backend.doubles(gradient);
    for (int i = 0; i < at.length; i++) {
      double x = at[i];
      at[i] = x + STEP;
      backend.setDoubles(variable, at);
      double above = loss.getAsDouble();
      at[i] = x - STEP;
      backend.setDoubles(variable, at);
      double below = loss.getAsDouble();
      at[i] = x;
      backend.setDoubles(variable, at);
      double numeric = (above - below) / (2 * STEP);
      // Both losses are sums of tens of terms: each rounds to about 1e-15 |loss|.
      double allowed =
          RELATIVE * Math.max(Math.abs(numeric), Math.abs(claimed[i]))
              + 4e-15 * Math.max(1, Math.abs(above)) / STEP;
      if (!(Math.abs(numeric - claimed[i]) <= allowed)) {
        fail(
            "%s, element %d: difference quotient %s, gradient %s, off by %.3g, allowed %.3g"
                    .formatted(
                        what, i, numeric, claimed[i], Math.abs(numeric - claimed[i]), allowed)
                + " (-Dgpuvae.test.seed="
                + inputs.seed()
                + ")");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("gpuvae.backend.OperationsSuite#activations")
  void activation(Activation activation) {
    Tensor x = random(ROWS, OUT);
    Tensor bias = random(OUT);
    Tensor weights = random(ROWS, OUT);
    Tensor pre = empty(ROWS, OUT);
    Tensor y = empty(ROWS, OUT);
    keepFromZero(
        bias,
        () -> {
          backend.copy(ROWS, x, pre);
          backend.biasActivation(ROWS, pre, bias, activation, y);
          return pre;
        });
    Tensor dy = copy(weights);
    Tensor biasGradient = empty(OUT);
    backend.activationBackward(ROWS, activation, pre, y, dy, biasGradient);
    DoubleSupplier loss =
        () -> {
          Tensor sum = copy(x);
          Tensor output = empty(ROWS, OUT);
          backend.biasActivation(ROWS, sum, bias, activation, output);
          return weighted(output, weights);
        };
    check(activation + ", input", x, dy, loss);
    check(activation + ", bias", bias, biasGradient, loss);
  }

  @ParameterizedTest
  @MethodSource("gpuvae.backend.OperationsSuite#activations")
  void dense(Activation activation) {
    Tensor x = random(ROWS, IN);
    Tensor weight = random(OUT, IN);
    Tensor bias = random(OUT);
    Tensor weights = random(ROWS, OUT);
    Tensor pre = empty(ROWS, OUT);
    Tensor y = empty(ROWS, OUT);
    DoubleSupplier loss =
        () -> {
          backend.denseForward(ROWS, x, weight, bias, activation, pre, y);
          return weighted(y, weights);
        };
    keepFromZero(
        bias,
        () -> {
          loss.getAsDouble();
          return pre;
        });
    Tensor dWeight = empty(OUT, IN);
    Tensor dBias = empty(OUT);
    Tensor dx = empty(ROWS, IN);
    backend.denseBackward(ROWS, x, weight, activation, pre, y, copy(weights), dWeight, dBias, dx);
    check("dense " + activation + ", x", x, dx, loss);
    check("dense " + activation + ", weight", weight, dWeight, loss);
    check("dense " + activation + ", bias", bias, dBias, loss);
  }

  @Test
  void bernoulli() {
    Tensor logits = random(ROWS, OUT);
    Tensor target = empty(ROWS, OUT);
    backend.write(target, inputs.probabilities(ROWS * OUT), 0, ROWS * OUT);
    Tensor perRow = empty(ROWS);
    Tensor gradient = empty(ROWS, OUT);
    backend.bernoulliLoss(ROWS, logits, target, gradient, perRow);
    check(
        "Bernoulli",
        logits,
        gradient,
        () -> {
          backend.bernoulliLoss(ROWS, logits, target, null, perRow);
          return total(perRow);
        });
  }

  @Test
  void squaredError() {
    for (Activation output : new Activation[] {Activation.IDENTITY, Activation.SIGMOID}) {
      Tensor pre = random(ROWS, OUT);
      Tensor target = random(ROWS, OUT);
      Tensor perRow = empty(ROWS);
      Tensor gradient = empty(ROWS, OUT);
      backend.squaredErrorLoss(ROWS, pre, output, target, gradient, perRow);
      check(
          "squared error of " + output,
          pre,
          gradient,
          () -> {
            backend.squaredErrorLoss(ROWS, pre, output, target, null, perRow);
            return total(perRow);
          });
    }
  }

  /** sum(weights * z) + KL_WEIGHT * KL, through the heads to h, weight and bias. */
  @ParameterizedTest
  @EnumSource
  void bottleneck(PosteriorHead head) {
    StepState state = new StepState(new Tensors(backend));
    state.set(backend, StepState.KL_WEIGHT, KL_WEIGHT);
    Tensor h = random(ROWS, IN);
    Tensor weight = random(2 * OUT, IN);
    Tensor bias = random(2 * OUT);
    Tensor heads = empty(ROWS, 2 * OUT);
    Tensor eps = random(ROWS, OUT);
    Tensor sigma = empty(ROWS, OUT);
    Tensor z = empty(ROWS, OUT);
    Tensor kl = empty(ROWS);
    Tensor weights = random(ROWS, OUT);
    DoubleSupplier loss =
        () -> {
          backend.bottleneckForward(
              state, ROWS, h, weight, bias, head, false, heads, eps, sigma, z, kl);
          return weighted(z, weights) + KL_WEIGHT * total(kl);
        };
    keepFromZero(
        bias,
        () -> {
          loss.getAsDouble();
          return heads;
        });
    Tensor dHeads = empty(ROWS, 2 * OUT);
    Tensor dWeight = empty(2 * OUT, IN);
    Tensor dBias = empty(2 * OUT);
    Tensor dh = empty(ROWS, IN);
    backend.bottleneckBackward(
        state, ROWS, h, weight, head, heads, eps, sigma, weights, dHeads, dWeight, dBias, dh);
    check(head + ", h", h, dh, loss);
    check(head + ", weight", weight, dWeight, loss);
    check(head + ", bias", bias, dBias, loss);
    loss.getAsDouble();
    Tensor given = copy(heads);
    check(
        head + ", heads",
        given,
        dHeads,
        () -> {
          backend.reparameterise(state, ROWS, head, given, false, eps, sigma, z, kl);
          return weighted(z, weights) + KL_WEIGHT * total(kl);
        });
  }
}
