package gpuvae.model;

import gpuvae.backend.Tensor;
import gpuvae.config.LayerConfig;
import gpuvae.config.Shape;
import java.util.ArrayList;
import java.util.List;

/** Layers one after the other; none is allowed. */
final class Stack {
  private final List<Layer> layers = new ArrayList<>();
  private Tensor output;
  private Tensor outputGradient;

  /**
   * Layers with outputs of their own.
   *
   * @param shape of a row of the input
   * @param inputGradient null where no gradient of the input is wanted
   */
  Stack(
      LayerContext context,
      List<LayerConfig> configs,
      Shape shape,
      Tensor input,
      Tensor inputGradient) {
    output = input;
    outputGradient = inputGradient;
    for (LayerConfig config : configs) {
      Layer layer = layer(context, config, shape);
      if (layer != null) {
        layers.add(layer);
        output = layer.output();
        outputGradient = layer.outputGradient();
      }
      shape = config.output(shape);
    }
  }

  /** The layer after what is there; null if it has nothing to do. */
  private Layer layer(LayerContext context, LayerConfig config, Shape shape) {
    return switch (config) {
      case LayerConfig.Dense dense ->
          new DenseLayer(context, dense.name(), dense.activation(), output, outputGradient);
      case LayerConfig.Conv2d conv ->
          new ConvLayer(
              context,
              conv.name(),
              conv.bias(),
              conv.activation(),
              conv.geometry(shape),
              false,
              output,
              outputGradient);
      case LayerConfig.ConvTranspose2d conv ->
          new ConvLayer(
              context,
              conv.name(),
              conv.bias(),
              conv.activation(),
              conv.geometry(shape),
              true,
              output,
              outputGradient);
      case LayerConfig.InstanceNorm norm ->
          new InstanceNormLayer(
              context, norm.name(), norm.activation(), output, outputGradient, null);
      case LayerConfig.BatchNorm norm ->
          new BatchNormLayer(context, norm.name(), norm.activation(), output, outputGradient, null);
      case LayerConfig.MaxPool pool ->
          new MaxPoolLayer(context, pool, shape, output, outputGradient);
      case LayerConfig.Upsample _ -> new UpsampleLayer(context, shape, output, outputGradient);
      case LayerConfig.Residual residual ->
          new ResidualLayer(context, residual, shape, output, outputGradient);
      case LayerConfig.Reshape _ -> null;
    };
  }

  /** F32 [capacity, features]. */
  Tensor output() {
    return output;
  }

  /** Where the gradient of the output is to be put before {@link #backward}. */
  Tensor outputGradient() {
    return outputGradient;
  }

  /** How many layers. */
  int size() {
    return layers.size();
  }

  /** One of them, from 0; null where there is none. */
  Layer layer(int index) {
    return index >= 0 && index < layers.size() ? layers.get(index) : null;
  }

  void forward(int rows, boolean training) {
    forward(0, layers.size(), rows, training);
  }

  /** Of layers {@code from} to {@code to - 1}. By index: an iterator would be allocated. */
  void forward(int from, int to, int rows, boolean training) {
    for (int i = from; i < to; i++) {
      layers.get(i).forward(rows, training);
    }
  }

  void backward(int rows) {
    backward(0, layers.size(), rows);
  }

  /** Of layers {@code to - 1} down to {@code from}. */
  void backward(int from, int to, int rows) {
    for (int i = to - 1; i >= from; i--) {
      layers.get(i).backward(rows);
    }
  }
}
