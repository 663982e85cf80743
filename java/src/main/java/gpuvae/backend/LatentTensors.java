package gpuvae.backend;

/**
 * What the layers around the latent variables work on, as {@link Backend#latentForward} and {@link
 * Backend#latentBackward} take them: the encoder's last dense layer, the heads, the sample, the
 * decoder's first dense layer. No gradient shares memory with an output.
 *
 * @param before the encoder's last layer: h = y
 * @param heads both heads as one layer without activation: from {@code before}'s y to [capacity, 2
 *     latent], mu first; its dx is {@code before}'s dy
 * @param posterior what they give: its heads are that layer's y, z is {@code after}'s x
 * @param after the decoder's first layer; its dx is dz
 */
public record LatentTensors(
    LayerTensors before, LayerTensors heads, PosteriorTensors posterior, LayerTensors after) {}
