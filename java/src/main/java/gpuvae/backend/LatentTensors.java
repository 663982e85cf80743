package gpuvae.backend;

/**
 * What the layers around the latent variables work on, as {@link Backend#latentForward} and {@link
 * Backend#latentBackward} take them: the encoder's last dense layer, the heads, the sample, the
 * decoder's first dense layer. No gradient shares memory with an output.
 *
 * @param before the encoder's last layer: h = y
 * @param heads both heads as one layer without activation: from {@code before}'s y to [capacity, 2
 *     latent], mu first; its dx is {@code before}'s dy
 * @param head what the second head means
 * @param eps F32 [capacity, latent]
 * @param sigma F32 [capacity, latent]
 * @param kl F32 [capacity]
 * @param after the decoder's first layer: z = x, dz = dx
 */
public record LatentTensors(
    LayerTensors before,
    LayerTensors heads,
    PosteriorHead head,
    Tensor eps,
    Tensor sigma,
    Tensor kl,
    LayerTensors after) {}
