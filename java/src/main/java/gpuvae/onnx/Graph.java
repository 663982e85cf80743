package gpuvae.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A graph under construction: GraphProto of onnx.proto, with nodes in the order of their making.
 */
final class Graph {
  /** The name of the first dimension of every input and output. */
  static final String BATCH = "batch";

  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private final String name;
  private final List<Node> nodes = new ArrayList<>();
  private final List<ProtoMessage> constants = new ArrayList<>();
  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();

  /** What a node's value is called in the end, where that is not what it was called first. */
  private final Map<String, String> renamed = new HashMap<>();

  private final Set<String> taken = new HashSet<>();

  private record Node(
      String name,
      String operator,
      List<String> inputs,
      List<String> outputs,
      List<ProtoMessage> attributes) {}

  Graph(String name) {
    this.name = name;
  }

  Value input(String valueName, List<Integer> dimensions) {
    Value value = new Value(unique(valueName), dimensions);
    inputs.add(value);
    return value;
  }

  /** Makes a value an output of this name. */
  void output(String valueName, Value value) {
    Value source =
        inputs.contains(value)
            ? node(name, "Identity", List.of(value.name()), value.dimensions())
            : value;
    renamed.put(source.name(), valueName);
    outputs.add(new Value(valueName, value.dimensions()));
  }

  /**
   * Adds a node with one output.
   *
   * @param scope its name's beginning, such as the layer's name
   * @param operands names of values and constants; "" where an optional one is left out
   * @param dimensions of a row of what it gives
   */
  Value node(
      String scope,
      String operator,
      List<String> operands,
      List<Integer> dimensions,
      ProtoMessage... attributes) {
    String nodeName = unique(scope + "/" + operator);
    nodes.add(new Node(nodeName, operator, operands, List.of(nodeName), List.of(attributes)));
    return new Value(nodeName, dimensions);
  }

  /** Cuts [batch, 2 half] into two of [batch, half]. */
  List<Value> halves(String scope, Value value, int half) {
    String nodeName = unique(scope + "/Split");
    String lengths = integers(nodeName + ".split", half, half);
    List<String> names = List.of(unique(nodeName + ".first"), unique(nodeName + ".second"));
    List<ProtoMessage> axis = List.of(Attribute.of("axis", 1));
    nodes.add(new Node(nodeName, "Split", List.of(value.name(), lengths), names, axis));
    return names.stream().map(part -> new Value(part, List.of(half))).toList();
  }

  /** Adds a constant of floats: a slice of {@code values}, which is not copied. Gives its name. */
  String floats(String wanted, List<Integer> dimensions, float[] values, int offset, int length) {
    String constant = unique(wanted);
    ProtoMessage tensor = new ProtoMessage();
    dimensions.forEach(dimension -> tensor.number(1, dimension));
    tensor.number(2, FLOAT).text(8, constant).bytes(9, values, offset, length);
    constants.add(tensor);
    return constant;
  }

  /** Adds a constant vector of integers. Gives its name. */
  String integers(String wanted, long... values) {
    String constant = unique(wanted);
    constants.add(
        new ProtoMessage()
            .number(1, values.length)
            .number(2, INT64)
            .text(8, constant)
            .bytes(9, values));
    return constant;
  }

  /** As in x [batch, 3] to mu [batch, 2], log_variance [batch, 2]. */
  String signature() {
    return list(inputs) + " to " + list(outputs);
  }

  private static String list(List<Value> values) {
    return values.stream().map(Value::toString).collect(Collectors.joining(", "));
  }

  /** GraphProto. */
  ProtoMessage message() {
    ProtoMessage graph = new ProtoMessage();
    nodes.forEach(node -> graph.message(1, message(node)));
    graph.text(2, name);
    constants.forEach(constant -> graph.message(5, constant));
    inputs.forEach(value -> graph.message(11, message(value)));
    outputs.forEach(value -> graph.message(12, message(value)));
    return graph;
  }

  /** NodeProto. */
  private ProtoMessage message(Node node) {
    ProtoMessage message = new ProtoMessage();
    node.inputs.forEach(input -> message.text(1, renamed.getOrDefault(input, input)));
    node.outputs.forEach(output -> message.text(2, renamed.getOrDefault(output, output)));
    message.text(3, node.name).text(4, node.operator);
    node.attributes.forEach(attribute -> message.message(5, attribute));
    return message;
  }

  /** ValueInfoProto, with TypeProto, its Tensor, TensorShapeProto and its Dimension. */
  private static ProtoMessage message(Value value) {
    ProtoMessage shape = new ProtoMessage().message(1, new ProtoMessage().text(2, BATCH));
    for (int dimension : value.dimensions()) {
      shape.message(1, new ProtoMessage().number(1, dimension));
    }
    ProtoMessage tensor = new ProtoMessage().number(1, FLOAT).message(2, shape);
    return new ProtoMessage()
        .text(1, value.name())
        .message(2, new ProtoMessage().message(1, tensor));
  }

  private String unique(String wanted) {
    String free = wanted;
    for (int number = 2; !taken.add(free); number++) {
      free = wanted + "_" + number;
    }
    return free;
  }
}
