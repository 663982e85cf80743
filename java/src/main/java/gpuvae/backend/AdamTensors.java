package gpuvae.backend;

/**
 * What {@link Backend#adam} works on: tensors of one layout.
 *
 * @param parameters F32 [n]
 * @param gradients F32 [n], read
 * @param firstMoment F32 [n]: running mean of the gradients
 * @param secondMoment F32 [n]: running mean of their squares
 */
public record AdamTensors(
    Tensor parameters, Tensor gradients, Tensor firstMoment, Tensor secondMoment) {}
