package gpuvae.io;

import gpuvae.config.Shape;
import java.io.IOException;
import java.util.List;

/** A {@link Shape} in config.json: [length] or [channels, height, width]. */
final class ShapeJson {
  private ShapeJson() {}

  static Shape read(Fields fields, String name) throws IOException {
    List<Integer> shape = fields.integers(name);
    return switch (shape.size()) {
      case 1 -> Shape.vector(shape.get(0));
      case 3 -> Shape.image(shape.get(0), shape.get(1), shape.get(2));
      default -> throw fields.refused(name, shape, "[length] or [channels, height, width]");
    };
  }

  static List<Integer> list(Shape shape) {
    return shape.equals(Shape.vector(shape.channels()))
        ? List.of(shape.channels())
        : List.of(shape.channels(), shape.height(), shape.width());
  }
}
