package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;

/** The decoder's end: its output, and the loss of it. */
abstract class Output {
  final Backend backend;
  final Likelihood likelihood;
  final Activation activation;
  final Tensor output;
  final Tensor target;
  final Tensor reconstruction;
  final Tensor kl;

  /**
   * @param output F32 [capacity, features]
   * @param target what the output is compared with
   * @param kl F32 [capacity, 1]: summed with the losses; null without sampling
   */
  Output(LayerContext context, VaeConfig config, Tensor output, Tensor target, Tensor kl) {
    backend = context.backend();
    likelihood = config.likelihood();
    activation = config.outputActivation();
    this.output = output;
    this.target = target;
    this.kl = kl;
    reconstruction = context.rows(1);
  }

  /** F32 [capacity, features]: logits, or the output before its activation. */
  final Tensor output() {
    return output;
  }

  /** F32 [capacity, 1]: nats a row. */
  final Tensor reconstruction() {
    return reconstruction;
  }

  /** Computes the output of what the layers before have left. */
  abstract void forward(int rows);

  /** {@link #forward}, losses with their sums, and their gradient. */
  abstract void forwardAndLoss(StepState state, int rows);

  /** Where {@link #loss} puts the output's gradient in a training step. */
  abstract Tensor gradient();

  /** Multiplies each row of {@link #gradient} by its weight, before {@link #backward}. */
  void weigh(int rows, Tensor weights) {
    backend.objectives().scaleRows(rows, weights, gradient());
  }

  /**
   * After {@link #forwardAndLoss} or {@link #weigh}: the gradient of what the layers before have
   * left.
   */
  abstract void backward(int rows);

  /** Losses a row, of what {@link #forward} left. */
  final void losses(int rows) {
    loss(rows, null);
  }

  /** Losses a row, and their gradient where one is wanted. */
  final void loss(int rows, Tensor gradient) {
    if (likelihood == Likelihood.BERNOULLI) {
      backend.bernoulliLoss(rows, output, target, gradient, reconstruction);
    } else {
      backend.squaredErrorLoss(rows, output, activation, target, gradient, reconstruction);
    }
  }

  /** Turns the output into values in the data's range: probabilities from logits. */
  final void expectation(int rows) {
    Activation last = likelihood == Likelihood.BERNOULLI ? Activation.SIGMOID : activation;
    if (!last.equals(Activation.IDENTITY)) {
      backend.biasActivation(rows, output, null, last, output);
    }
  }
}
