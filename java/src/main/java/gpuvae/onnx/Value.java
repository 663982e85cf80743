package gpuvae.onnx;

import gpuvae.config.Shape;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A float tensor between nodes.
 *
 * @param name unique in the graph
 * @param dimensions of a row: the batch comes before them
 */
record Value(String name, List<Integer> dimensions) {
  /** The dimensions of a sample: [length], or [channels, height, width] of an image. */
  static List<Integer> dimensions(Shape shape) {
    return shape.equals(Shape.vector(shape.channels())) ? vector(shape) : image(shape);
  }

  static List<Integer> vector(Shape shape) {
    return List.of(shape.features());
  }

  static List<Integer> image(Shape shape) {
    return List.of(shape.channels(), shape.height(), shape.width());
  }

  /** As in x [batch, 1, 28, 28]. */
  @Override
  public String toString() {
    return dimensions.stream()
        .map(Object::toString)
        .collect(Collectors.joining(", ", name + " [" + Graph.BATCH + ", ", "]"));
  }
}
