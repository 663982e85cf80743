package gpuvae.model;

import gpuvae.backend.Backend;
import gpuvae.backend.ElementType;
import gpuvae.backend.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The tensors of one capacity, freed together. */
final class Workspace {
  private final Backend backend;
  private final int capacity;
  private final List<Tensor> tensors = new ArrayList<>();

  Workspace(Backend backend, int capacity) {
    this.backend = backend;
    this.capacity = capacity;
  }

  /** F32 [capacity, columns]. */
  Tensor rows(int columns) {
    return take(capacity, columns);
  }

  /** F32 of any shape. */
  Tensor take(int... shape) {
    Tensor tensor = backend.allocate(ElementType.F32, shape);
    tensors.add(tensor);
    return tensor;
  }

  void free() {
    tensors.forEach(backend::free);
    tensors.clear();
  }
}
