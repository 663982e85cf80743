package gpuvae.backend;

/**
 * What stays the same in every Adam step (Kingma and Ba, 2015; AdamW: Loshchilov and Hutter, 2019),
 * as PyTorch defines it. The learning rate varies and is in {@link StepState#LEARNING_RATE}.
 *
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param weightDecay 0, or the factor of the parameters
 * @param decoupled AdamW: parameters shrink by learning rate x decay; else decay x parameter is
 *     added to the gradient
 * @param clipNorm the greatest Euclidean norm of all gradients together: greater ones are first
 *     multiplied by clipNorm / (norm + 1e-6), as PyTorch's clip_grad_norm_ does (Pascanu et al.,
 *     "On the difficulty of training recurrent neural networks", 2013); infinite for none
 */
public record AdamSettings(
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    boolean decoupled,
    double clipNorm) {
  /** The factor of gradients whose squares have this sum; at most 1. */
  public double clip(double gradientSquares) {
    return Math.min(1, clipNorm / (Math.sqrt(gradientSquares) + 1e-6));
  }
}
