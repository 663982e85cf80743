package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.Tensor;

/** y = activation(x W^T + b). */
final class DenseLayer implements Layer {
  private final Backend backend;
  private final Activation activation;
  private final Tensor input;
  private final Tensor inputGradient;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor weightGradient;
  private final Tensor biasGradient;
  private final Tensor pre;
  private final Tensor output;
  private final Tensor outputGradient;

  /**
   * A layer between an input and an output of its own.
   *
   * @param inputGradient null where no gradient of the input is wanted
   */
  DenseLayer(
      LayerContext context,
      String name,
      Activation activation,
      Tensor input,
      Tensor inputGradient) {
    backend = context.backend();
    this.activation = activation;
    this.input = input;
    this.inputGradient = inputGradient;
    weight = context.value(name + ".weight");
    bias = context.value(name + ".bias");
    weightGradient = context.gradient(name + ".weight");
    biasGradient = context.gradient(name + ".bias");
    output = context.rows(weight.rows());
    pre = context.pre(activation, output);
    outputGradient = context.rows(weight.rows());
  }

  @Override
  public Tensor output() {
    return output;
  }

  @Override
  public Tensor outputGradient() {
    return outputGradient;
  }

  @Override
  public void forward(int rows, boolean training) {
    backend.denseForward(rows, input, weight, bias, activation, pre, output);
  }

  @Override
  public void backward(int rows) {
    backend.denseBackward(
        rows,
        input,
        weight,
        activation,
        pre,
        output,
        outputGradient,
        weightGradient,
        biasGradient,
        inputGradient);
  }
}
