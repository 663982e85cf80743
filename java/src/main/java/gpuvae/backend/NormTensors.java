package gpuvae.backend;

/**
 * What instance norm and batch norm, y = activation((x - mean) inverse scale + shift + residual),
 * work on, forward and backward.
 *
 * @param x F32 [capacity, channels x plane]
 * @param scale F32 [channels]
 * @param shift F32 [channels]
 * @param residual F32 as x; null for none
 * @param mean of instance norm F32 [capacity, channels]; of batch norm F32 [2, channels]: mean, and
 *     the variance divided by count - 1; written by the forward pass
 * @param inverse 1 / sqrt(variance + 1e-5): F32 [capacity, channels] or [channels], written by the
 *     forward pass
 * @param pre F32 as x: what the activation's derivative needs; may be y unless the activation
 *     {@link Activation#needsInput}
 * @param y F32 as x, written by the forward pass
 * @param dy F32 as x: gradient of y before the backward pass; of pre, which is also that of the
 *     residual, after it
 * @param scaleGradient F32 [channels], overwritten by the backward pass
 * @param shiftGradient F32 [channels], overwritten by the backward pass
 * @param dx F32 as x, written by the backward pass
 */
public record NormTensors(
    Tensor x,
    Tensor scale,
    Tensor shift,
    Tensor residual,
    Activation activation,
    Tensor mean,
    Tensor inverse,
    Tensor pre,
    Tensor y,
    Tensor dy,
    Tensor scaleGradient,
    Tensor shiftGradient,
    Tensor dx) {}
