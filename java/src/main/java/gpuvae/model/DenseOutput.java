package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;

/** A decoder's last layer that is dense, x W^T + b: a backend may make one of it and the loss. */
final class DenseOutput extends Output {
  private final Tensor input;
  private final Tensor inputGradient;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor weightGradient;
  private final Tensor biasGradient;

  /** A layer with an output of its own. */
  DenseOutput(
      LayerContext context,
      VaeConfig config,
      String name,
      Tensor input,
      Tensor inputGradient,
      Tensor target,
      Tensor kl) {
    super(context, config, context.rows(context.value(name + ".weight").rows()), target, kl);
    this.input = input;
    this.inputGradient = inputGradient;
    weight = context.value(name + ".weight");
    bias = context.value(name + ".bias");
    weightGradient = context.gradient(name + ".weight");
    biasGradient = context.gradient(name + ".bias");
  }

  @Override
  void forward(int rows) {
    backend.denseForward(rows, input, weight, bias, Activation.IDENTITY, output, output);
  }

  /** The gradient goes over the output, which nobody reads again. */
  @Override
  void forwardAndLoss(StepState state, int rows) {
    if (likelihood == Likelihood.BERNOULLI) {
      backend.denseBernoulliLoss(
          state, rows, input, weight, bias, output, target, kl, biasGradient, reconstruction);
    } else {
      backend.denseSquaredErrorLoss(
          state,
          rows,
          input,
          weight,
          bias,
          output,
          activation,
          target,
          kl,
          biasGradient,
          reconstruction);
    }
  }

  @Override
  Tensor gradient() {
    return output;
  }

  @Override
  void weigh(int rows, Tensor weights) {
    super.weigh(rows, weights);
    backend.activationBackward(rows, Activation.IDENTITY, output, output, output, biasGradient);
  }

  /** {@link #forwardAndLoss} or {@link #weigh} has the bias gradient already. */
  @Override
  void backward(int rows) {
    backend.denseBackward(
        rows,
        input,
        weight,
        Activation.IDENTITY,
        output,
        output,
        output,
        weightGradient,
        null,
        inputGradient);
  }
}
