package gpuvae.backend;

/**
 * Each row's posterior, a sample of it and its gradients, as {@link Backend#reparameterise} and
 * {@link Backend#reparameteriseBackward} take them.
 *
 * @param head what the second half of the heads means
 * @param heads F32 [capacity, 2 latent]: mu in the first half of a row, the second head in the
 *     other
 * @param eps F32 [capacity, latent], the noise: written if it is drawn, else read
 * @param sigma F32 [capacity, latent], written by the forward pass
 * @param z F32 [capacity, latent], written by the forward pass
 * @param kl F32 [capacity], written by the forward pass: nats a row
 * @param dz F32 [capacity, latent]: gradient of the loss with respect to z; null where there is no
 *     backward pass
 * @param dHeads F32 [capacity, 2 latent], written by the backward pass; null likewise
 */
public record PosteriorTensors(
    PosteriorHead head,
    Tensor heads,
    Tensor eps,
    Tensor sigma,
    Tensor z,
    Tensor kl,
    Tensor dz,
    Tensor dHeads) {}
