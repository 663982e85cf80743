package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;

/** The decoder's last layer, x W^T + b, and the loss of what it gives. */
final class OutputLayer {
  private final Backend backend;
  private final Likelihood likelihood;
  private final Activation activation;
  private final Tensor input;
  private final Tensor inputGradient;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor weightGradient;
  private final Tensor biasGradient;
  private final Tensor output;
  private final Tensor target;
  private final Tensor reconstruction;
  private final Tensor kl;

  /**
   * A layer with an output of its own.
   *
   * @param target what the output is compared with
   * @param kl F32 [capacity, 1]: summed with the losses; null without sampling
   */
  OutputLayer(
      Backend backend,
      Workspace workspace,
      Parameters parameters,
      VaeConfig config,
      String name,
      Tensor input,
      Tensor inputGradient,
      Tensor target,
      Tensor kl) {
    this.backend = backend;
    this.input = input;
    this.inputGradient = inputGradient;
    this.target = target;
    this.kl = kl;
    likelihood = config.likelihood();
    activation = config.outputActivation();
    weight = parameters.value(name + ".weight");
    bias = parameters.value(name + ".bias");
    weightGradient = parameters.gradient(name + ".weight");
    biasGradient = parameters.gradient(name + ".bias");
    output = workspace.rows(weight.rows());
    reconstruction = workspace.rows(1);
  }

  /** F32 [capacity, features]: logits, or the output before its activation. */
  Tensor output() {
    return output;
  }

  /** F32 [capacity, 1]: nats a row. */
  Tensor reconstruction() {
    return reconstruction;
  }

  void forward(int rows) {
    backend.denseForward(rows, input, weight, bias, Activation.IDENTITY, output, output);
  }

  /** Losses a row, of what {@link #forward} left. */
  void losses(int rows) {
    if (likelihood == Likelihood.BERNOULLI) {
      backend.bernoulliLoss(rows, output, target, null, reconstruction);
    } else {
      backend.squaredErrorLoss(rows, output, activation, target, null, reconstruction);
    }
  }

  /** Forward and losses with their sums; the gradient, over the output that nobody reads again. */
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

  /** After {@link #forwardAndLoss}, which has the bias gradient already. */
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

  /** Turns the output into values in the data's range: probabilities from logits. */
  void expectation(int rows) {
    Activation last = likelihood == Likelihood.BERNOULLI ? Activation.SIGMOID : activation;
    backend.biasActivation(rows, output, null, last, output);
  }
}
