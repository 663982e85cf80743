package gpuvae.onnx;

import gpuvae.backend.Activation;
import gpuvae.config.LayerConfig;
import gpuvae.config.Shape;
import gpuvae.io.Weights;
import gpuvae.model.ParameterLayout;
import java.util.ArrayList;
import java.util.List;

/** Layers as nodes, in evaluation mode. Nodes carry their layer's name. */
final class LayerNodes {
  /** Of both norms, as in {@link gpuvae.backend.ImageOperations}. */
  private static final float NORM_EPSILON = 1e-5f;

  private final Graph graph;
  private final ParameterLayout layout;
  private final Weights weights;
  private final String part;

  /**
   * Nodes in a graph.
   *
   * @param part "encoder": the beginning of the names of nodes whose layers have none
   */
  LayerNodes(Graph graph, ParameterLayout layout, Weights weights, String part) {
    this.graph = graph;
    this.layout = layout;
    this.weights = weights;
    this.part = part;
  }

  /**
   * Layers one after the other.
   *
   * @param shape of a sample of {@code input}
   */
  Value stack(List<LayerConfig> layers, Shape shape, Value input) {
    Value value = input;
    for (LayerConfig layer : layers) {
      String scope = layer.name().isEmpty() ? part : layer.name();
      value = activated(scope, layer.activation(), layer(layer, scope, shape, value));
      shape = layer.output(shape);
    }
    return value;
  }

  private Value layer(LayerConfig layer, String scope, Shape shape, Value input) {
    return switch (layer) {
      case LayerConfig.Dense dense -> dense(dense.name(), input);
      case LayerConfig.Conv2d conv -> convolution(conv, shape, input);
      case LayerConfig.ConvTranspose2d conv -> transposed(conv, shape, input);
      case LayerConfig.InstanceNorm norm -> instanceNorm(norm.name(), shape, input);
      case LayerConfig.BatchNorm norm -> batchNorm(norm.name(), shape, input);
      case LayerConfig.MaxPool pool -> maxPool(pool, scope, shape, input);
      case LayerConfig.Upsample upsample -> upsample(upsample, scope, shape, input);
      case LayerConfig.Residual residual -> residual(residual, scope, shape, input);
      case LayerConfig.Reshape reshape -> reshaped(scope, input, Value.dimensions(reshape.shape()));
    };
  }

  /** x W^T + b. */
  Value dense(String name, Value input) {
    Value vector = reshaped(name, input, List.of(size(input)));
    return graph.node(
        name,
        "Gemm",
        List.of(vector.name(), parameter(name + ".weight"), parameter(name + ".bias")),
        layout.entry(name + ".bias").shape(),
        Attribute.of("transB", 1));
  }

  /** The same values in other dimensions; no node if they are the same. */
  Value reshaped(String scope, Value value, List<Integer> dimensions) {
    if (value.dimensions().equals(dimensions)) {
      return value;
    }
    long[] shape = new long[1 + dimensions.size()];
    // Zero keeps a dimension: here the batch.
    for (int i = 1; i < shape.length; i++) {
      shape[i] = dimensions.get(i - 1);
    }
    String constant = graph.integers(scope + ".shape", shape);
    return graph.node(scope, "Reshape", List.of(value.name(), constant), dimensions);
  }

  Value activated(String scope, Activation activation, Value x) {
    List<String> operand = List.of(x.name());
    List<Integer> dimensions = x.dimensions();
    return switch (activation.kind()) {
      case IDENTITY -> x;
      case RELU -> graph.node(scope, "Relu", operand, dimensions);
      case LEAKY_RELU ->
          graph.node(
              scope, "LeakyRelu", operand, dimensions, Attribute.of("alpha", activation.slope()));
      case SOFTPLUS -> graph.node(scope, "Softplus", operand, dimensions);
      case SIGMOID -> graph.node(scope, "Sigmoid", operand, dimensions);
      case TANH -> graph.node(scope, "Tanh", operand, dimensions);
      case SILU -> {
        Value sigmoid = graph.node(scope, "Sigmoid", operand, dimensions);
        yield graph.node(scope, "Mul", List.of(x.name(), sigmoid.name()), dimensions);
      }
    };
  }

  private Value convolution(LayerConfig.Conv2d conv, Shape shape, Value input) {
    int before = conv.padding().before();
    int after = conv.padding().after();
    return graph.node(
        conv.name(),
        "Conv",
        filtered(conv.name(), conv.bias(), shape, input),
        Value.image(conv.output(shape)),
        Attribute.list("kernel_shape", conv.kernel(), conv.kernel()),
        Attribute.list("strides", conv.stride(), conv.stride()),
        Attribute.list("pads", before, before, after, after));
  }

  private Value transposed(LayerConfig.ConvTranspose2d conv, Shape shape, Value input) {
    int pad = conv.padding();
    return graph.node(
        conv.name(),
        "ConvTranspose",
        filtered(conv.name(), conv.bias(), shape, input),
        Value.image(conv.output(shape)),
        Attribute.list("kernel_shape", conv.kernel(), conv.kernel()),
        Attribute.list("strides", conv.stride(), conv.stride()),
        Attribute.list("pads", pad, pad, pad, pad),
        Attribute.list("output_padding", conv.outputPadding(), conv.outputPadding()));
  }

  /** The operands of a convolution. */
  private List<String> filtered(String name, boolean bias, Shape shape, Value input) {
    List<String> operands = new ArrayList<>();
    operands.add(reshaped(name, input, Value.image(shape)).name());
    operands.add(parameter(name + ".weight"));
    if (bias) {
      operands.add(parameter(name + ".bias"));
    }
    return operands;
  }

  private Value instanceNorm(String name, Shape shape, Value input) {
    Value image = reshaped(name, input, Value.image(shape));
    return graph.node(
        name,
        "InstanceNormalization",
        List.of(image.name(), parameter(name + ".weight"), parameter(name + ".bias")),
        image.dimensions(),
        Attribute.of("epsilon", NORM_EPSILON));
  }

  private Value batchNorm(String name, Shape shape, Value input) {
    Value value = reshaped(name, input, Value.dimensions(shape));
    return graph.node(
        name,
        "BatchNormalization",
        List.of(
            value.name(),
            parameter(name + ".weight"),
            parameter(name + ".bias"),
            statistic(name + ".running_mean"),
            statistic(name + ".running_var")),
        value.dimensions(),
        Attribute.of("epsilon", NORM_EPSILON));
  }

  private Value maxPool(LayerConfig.MaxPool pool, String scope, Shape shape, Value input) {
    Value image = reshaped(scope, input, Value.image(shape));
    return graph.node(
        scope,
        "MaxPool",
        List.of(image.name()),
        Value.image(pool.output(shape)),
        Attribute.list("kernel_shape", pool.size(), pool.size()),
        Attribute.list("strides", pool.size(), pool.size()));
  }

  private Value upsample(LayerConfig.Upsample upsample, String scope, Shape shape, Value input) {
    Value image = reshaped(scope, input, Value.image(shape));
    float[] factors = {1, 1, 2, 2};
    String scales = graph.floats(scope + ".scales", List.of(4), factors, 0, 4);
    return graph.node(
        scope,
        "Resize",
        List.of(image.name(), "", scales),
        Value.image(upsample.output(shape)),
        Attribute.of("mode", "nearest"),
        Attribute.of("coordinate_transformation_mode", "asymmetric"),
        Attribute.of("nearest_mode", "floor"));
  }

  private Value residual(LayerConfig.Residual residual, String scope, Shape shape, Value input) {
    List<Integer> dimensions = Value.dimensions(shape);
    Value body = reshaped(scope, stack(residual.layers(), shape, input), dimensions);
    Value skipped = reshaped(scope, input, dimensions);
    return graph.node(scope, "Add", List.of(body.name(), skipped.name()), dimensions);
  }

  private String parameter(String name) {
    return constant(layout.entry(name), weights.parameters());
  }

  private String statistic(String name) {
    return constant(layout.statistic(name), weights.statistics());
  }

  private String constant(ParameterLayout.Entry entry, float[] flat) {
    return graph.floats(entry.name(), entry.shape(), flat, entry.offset(), entry.size());
  }

  private static int size(Value value) {
    return value.dimensions().stream().reduce(1, (a, b) -> a * b);
  }
}
