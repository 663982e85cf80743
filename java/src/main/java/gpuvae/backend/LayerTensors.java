package gpuvae.backend;

/**
 * What a layer with weights, y = activation(W x + b), works on, forward and backward: a dense one,
 * a convolution or a transposed convolution. Its features in and out are those of a row.
 *
 * @param x F32 [capacity, in]
 * @param weight F32 [out, in]; of convolutions as {@link ImageOperations#convolution} says
 * @param bias F32 [out], or [channels out]; null for none
 * @param pre F32 [capacity, out]: what the activation's derivative needs; may be y unless the
 *     activation {@link Activation#needsInput}
 * @param y F32 [capacity, out], written by the forward pass
 * @param dy F32 [capacity, out]: gradient of y before the backward pass, of the activation's input
 *     after it; may be y if the activation is the identity
 * @param weightGradient F32 as the weight, overwritten by the backward pass
 * @param biasGradient F32 as the bias, overwritten by the backward pass; null for none
 * @param dx F32 [capacity, in], written by the backward pass; null if not needed
 */
public record LayerTensors(
    Tensor x,
    Tensor weight,
    Tensor bias,
    Activation activation,
    Tensor pre,
    Tensor y,
    Tensor dy,
    Tensor weightGradient,
    Tensor biasGradient,
    Tensor dx) {
  /** Of a layer without activation. */
  public static LayerTensors linear(
      Tensor x,
      Tensor weight,
      Tensor bias,
      Tensor y,
      Tensor dy,
      Tensor weightGradient,
      Tensor biasGradient,
      Tensor dx) {
    return new LayerTensors(
        x, weight, bias, Activation.IDENTITY, y, y, dy, weightGradient, biasGradient, dx);
  }

  /** For a backward pass that has the activation's gradient and the bias gradient already. */
  public LayerTensors afterActivation() {
    return linear(x, weight, bias, dy, dy, weightGradient, null, dx);
  }

  /** Whether anything comes after the product. */
  boolean hasBiasOrActivation() {
    return bias != null || !activation.equals(Activation.IDENTITY);
  }
}
