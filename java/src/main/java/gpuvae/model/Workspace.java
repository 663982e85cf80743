package gpuvae.model;

import gpuvae.backend.Backend;
import gpuvae.backend.ElementType;
import gpuvae.backend.Tensor;
import gpuvae.backend.Tensors;

/** The tensors of one capacity, freed together. */
final class Workspace {
  private final int capacity;
  private final Tensors tensors;

  Workspace(Backend backend, int capacity) {
    this.capacity = capacity;
    tensors = new Tensors(backend);
  }

  /** F32 [capacity, columns]. */
  Tensor rows(int columns) {
    return take(capacity, columns);
  }

  /** U8 [capacity, columns]. */
  Tensor bytes(int columns) {
    return tensors.allocate(ElementType.U8, capacity, columns);
  }

  /** F32 of any shape. */
  Tensor take(int... shape) {
    return tensors.allocate(ElementType.F32, shape);
  }

  void free() {
    tensors.free();
  }

  void freeAfter(Throwable failure) {
    tensors.freeAfter(failure);
  }
}
