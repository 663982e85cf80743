package gpuvae.backend;

/** One allocation in a backend's memory. Only the backend that made it looks inside. */
public interface Storage {
  /** The type of its elements. */
  ElementType type();

  /** How many elements it holds. */
  long size();
}
