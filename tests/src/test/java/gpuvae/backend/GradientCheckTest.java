package gpuvae.backend;

import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The backward formulas of the seam against central differences of the forward ones, on the
 * double-precision oracle with fixed noise. Every backend is held to this oracle's gradients.
 */
class GradientCheckTest extends GradientChecks {
  private static final int ROWS = 5;
  private static final int IN = 7;
  private static final int OUT = 6;
  private static final double KL_WEIGHT = 0.7;

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
    Tensor dy = empty(ROWS, OUT);
    Tensor dWeight = empty(OUT, IN);
    Tensor dBias = empty(OUT);
    Tensor dx = empty(ROWS, IN);
    LayerTensors layer =
        new LayerTensors(x, weight, bias, activation, pre, y, dy, dWeight, dBias, dx);
    DoubleSupplier loss =
        () -> {
          backend.denseForward(ROWS, layer);
          return weighted(y, weights);
        };
    keepFromZero(
        bias,
        () -> {
          loss.getAsDouble();
          return pre;
        });
    backend.copy(ROWS, weights, dy);
    backend.denseBackward(ROWS, layer);
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
    Tensor dHeads = empty(ROWS, 2 * OUT);
    Tensor dWeight = empty(2 * OUT, IN);
    Tensor dBias = empty(2 * OUT);
    Tensor dh = empty(ROWS, IN);
    LayerTensors layer = LayerTensors.linear(h, weight, bias, heads, dHeads, dWeight, dBias, dh);
    PosteriorTensors posterior =
        new PosteriorTensors(head, heads, eps, sigma, z, kl, weights, dHeads);
    DoubleSupplier loss =
        () -> {
          backend.bottleneckForward(state, ROWS, layer, posterior, false);
          return weighted(z, weights) + KL_WEIGHT * total(kl);
        };
    keepFromZero(
        bias,
        () -> {
          loss.getAsDouble();
          return heads;
        });
    backend.bottleneckBackward(state, ROWS, layer, posterior);
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
          backend.reparameterise(
              state, ROWS, new PosteriorTensors(head, given, eps, sigma, z, kl, null, null), false);
          return weighted(z, weights) + KL_WEIGHT * total(kl);
        });
  }
}
