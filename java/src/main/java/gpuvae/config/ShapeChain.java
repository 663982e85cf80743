package gpuvae.config;

import java.util.ArrayList;
import java.util.List;

/**
 * The shapes from layer to layer.
 *
 * @param shapes the input's, then what each layer gives
 * @param leastRows that a training step needs
 */
record ShapeChain(List<Shape> shapes, int leastRows) {
  /**
   * Follows the layers.
   *
   * @param part "encoder"
   * @throws IllegalArgumentException at a layer that does not fit: it shows the chain up to there
   */
  static ShapeChain of(String part, Shape input, List<LayerConfig> layers) {
    List<Shape> shapes = new ArrayList<>(List.of(input));
    int leastRows = 1;
    StringBuilder chain = new StringBuilder(input.toString());
    for (LayerConfig layer : layers) {
      String label = (layer.type() + " " + layer.name()).strip();
      chain.append(" -> ").append(label);
      Shape output;
      try {
        output = layer.output(shapes.getLast());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "%s of the %s does not fit: %s: %s".formatted(label, part, chain, e.getMessage()), e);
      }
      leastRows = Math.max(leastRows, layer.leastRows(shapes.getLast()));
      shapes.add(output);
      chain.append(" -> ").append(output);
    }
    return new ShapeChain(shapes, leastRows);
  }

  Shape output() {
    return shapes.getLast();
  }

  @Override
  public String toString() {
    return String.join(" -> ", shapes.stream().map(Shape::toString).toList());
  }
}
