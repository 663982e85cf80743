package gpuvae.model;

import gpuvae.backend.LayerTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;

/** A decoder's last layer that is dense, x W^T + b: a backend may make one of it and the loss. */
final class DenseOutput extends Output {
  private final LayerTensors t;
  private final LayerTensors afterLoss;

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
    t =
        LayerTensors.linear(
            input,
            context.value(name + ".weight"),
            context.value(name + ".bias"),
            output,
            output,
            context.gradient(name + ".weight"),
            context.gradient(name + ".bias"),
            inputGradient);
    afterLoss = t.afterActivation();
  }

  @Override
  void forward(int rows) {
    backend.denseForward(rows, t);
  }

  /** The gradient goes over the output, which nobody reads again. */
  @Override
  void forwardAndLoss(StepState state, int rows) {
    if (likelihood == Likelihood.BERNOULLI) {
      backend.denseBernoulliLoss(state, rows, t, target, kl, reconstruction);
    } else {
      backend.denseSquaredErrorLoss(state, rows, t, activation, target, kl, reconstruction);
    }
  }

  @Override
  Tensor gradient() {
    return output;
  }

  @Override
  void weigh(int rows, Tensor weights) {
    super.weigh(rows, weights);
    backend.activationBackward(rows, t.activation(), t.pre(), t.y(), t.dy(), t.biasGradient());
  }

  /** {@link #forwardAndLoss} or {@link #weigh} has the bias gradient already. */
  @Override
  void backward(int rows) {
    backend.denseBackward(rows, afterLoss);
  }
}
