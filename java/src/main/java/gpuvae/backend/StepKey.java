package gpuvae.backend;

/**
 * Names a body given to {@link Backend#run}: the same key means the same operations on the same
 * tensors.
 *
 * @param name what the body does
 * @param rows how many rows it works on
 */
public record StepKey(String name, int rows) {}
