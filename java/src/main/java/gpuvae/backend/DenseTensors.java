package gpuvae.backend;

/**
 * What a dense layer y = activation(x W^T + b) works on, forward and backward, as {@link
 * Backend#denseForward} and {@link Backend#denseBackward} name it.
 *
 * @param x F32 [capacity, in]
 * @param weight F32 [out, in]
 * @param bias F32 [out]
 * @param pre F32 [capacity, out]; may be y unless the activation needs its input
 * @param y F32 [capacity, out]
 * @param dy F32 [capacity, out]: gradient of y, then of the activation's input
 * @param weightGradient F32 as the weight
 * @param biasGradient F32 as the bias
 * @param dx F32 [capacity, in]; null if not needed
 */
public record DenseTensors(
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
  /** {@link Backend#denseForward}. */
  public void forward(Backend backend, int rows) {
    backend.denseForward(rows, x, weight, bias, activation, pre, y);
  }

  /** {@link Backend#denseBackward}. */
  public void backward(Backend backend, int rows) {
    backend.denseBackward(
        rows, x, weight, activation, pre, y, dy, weightGradient, biasGradient, dx);
  }
}
