package gpuvae.onnx;

/** Attributes of nodes: AttributeProto of onnx.proto. */
final class Attribute {
  private static final int NAME = 1;
  private static final int FLOAT = 2;
  private static final int INT = 3;
  private static final int STRING = 4;
  private static final int INTS = 8;
  private static final int TYPE = 20;

  private static final int TYPE_FLOAT = 1;
  private static final int TYPE_INT = 2;
  private static final int TYPE_STRING = 3;
  private static final int TYPE_INTS = 7;

  private Attribute() {}

  static ProtoMessage of(String name, float value) {
    return named(name, TYPE_FLOAT).real(FLOAT, value);
  }

  static ProtoMessage of(String name, int value) {
    return named(name, TYPE_INT).number(INT, value);
  }

  static ProtoMessage of(String name, String value) {
    return named(name, TYPE_STRING).text(STRING, value);
  }

  static ProtoMessage list(String name, int... values) {
    ProtoMessage attribute = named(name, TYPE_INTS);
    for (int value : values) {
      attribute.number(INTS, value);
    }
    return attribute;
  }

  private static ProtoMessage named(String name, int type) {
    return new ProtoMessage().text(NAME, name).number(TYPE, type);
  }
}
