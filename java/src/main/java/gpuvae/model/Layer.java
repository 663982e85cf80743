package gpuvae.model;

import gpuvae.backend.Tensor;

/** One layer: forward, and the hand-written backward pass. Tensors are laid out for a capacity. */
interface Layer {
  /** F32 [capacity, features]. */
  Tensor output();

  /** Where the gradient of the output is to be put before {@link #backward}; it is used up. */
  Tensor outputGradient();

  /**
   * Computes the output from the input.
   *
   * @param training whether a backward pass may follow, and batch norm goes by its batch
   */
  void forward(int rows, boolean training);

  /** Computes parameter gradients, and the gradient of the input where one is wanted. */
  void backward(int rows);
}
