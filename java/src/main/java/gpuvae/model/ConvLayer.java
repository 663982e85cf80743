package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.Convolution;
import gpuvae.backend.Tensor;
import gpuvae.config.LayerConfig;

/** y = activation(convolution of x + b). */
final class ConvLayer implements Layer {
  private final Backend backend;
  private final Convolution geometry;
  private final Activation activation;
  private final Tensor input;
  private final Tensor inputGradient;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor weightGradient;
  private final Tensor biasGradient;
  private final Tensor output;
  private final Tensor pre;
  private final Tensor outputGradient;

  ConvLayer(
      LayerContext context,
      LayerConfig.Conv2d config,
      Convolution geometry,
      Tensor input,
      Tensor inputGradient) {
    backend = context.backend();
    this.geometry = geometry;
    activation = config.activation();
    this.input = input;
    this.inputGradient = inputGradient;
    weight = context.value(config.name() + ".weight");
    weightGradient = context.gradient(config.name() + ".weight");
    bias = config.bias() ? context.value(config.name() + ".bias") : null;
    biasGradient = config.bias() ? context.gradient(config.name() + ".bias") : null;
    output = context.rows(geometry.outFeatures());
    pre = context.pre(activation, output);
    outputGradient = context.rows(geometry.outFeatures());
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
    backend.convolutionForward(rows, geometry, input, weight, bias, activation, pre, output);
  }

  @Override
  public void backward(int rows) {
    backend.convolutionBackward(
        rows,
        geometry,
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
