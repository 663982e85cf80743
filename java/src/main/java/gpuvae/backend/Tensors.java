package gpuvae.backend;

import java.util.ArrayList;
import java.util.List;

/** Tensors of one owner, freed together: also those that it had when making it failed half-way. */
public final class Tensors {
  private final Backend backend;
  private final List<Tensor> tensors = new ArrayList<>();

  /** None yet, in a backend's memory. */
  public Tensors(Backend backend) {
    this.backend = backend;
  }

  /** Whose memory they are in. */
  public Backend backend() {
    return backend;
  }

  /** One more; the contents are undefined. */
  public Tensor allocate(ElementType type, int... shape) {
    Tensor tensor = backend.allocate(type, shape);
    tensors.add(tensor);
    return tensor;
  }

  /** Frees all; what cannot be freed does not keep the others. */
  public void free() {
    RuntimeException failure = null;
    for (Tensor tensor : tensors) {
      try {
        backend.free(tensor);
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    tensors.clear();
    if (failure != null) {
      throw failure;
    }
  }

  /** Frees all because of a failure, which stays the one that is told. */
  public void freeAfter(Throwable failure) {
    try {
      free();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
