package gpuvae.backend;

import java.util.function.Function;

/** {@link LayerTensors} on both sides; what is null on one is null on the other. */
record LayerPairs(
    Activation activation,
    Pair x,
    Pair weight,
    Pair bias,
    Pair pre,
    Pair y,
    Pair dy,
    Pair weightGradient,
    Pair biasGradient,
    Pair dx) {
  /** Of a layer without activation. */
  static LayerPairs linear(
      Pair x,
      Pair weight,
      Pair bias,
      Pair y,
      Pair dy,
      Pair weightGradient,
      Pair biasGradient,
      Pair dx) {
    return new LayerPairs(
        Activation.IDENTITY, x, weight, bias, y, y, dy, weightGradient, biasGradient, dx);
  }

  /** Its sums without the activation: dy is their gradient. */
  LayerPairs sums() {
    return linear(x, weight, bias, dy, dy, weightGradient, biasGradient, dx);
  }

  LayerTensors tested() {
    return of(OperationsSuite::tested);
  }

  LayerTensors exact() {
    return of(OperationsSuite::exact);
  }

  private LayerTensors of(Function<Pair, Tensor> side) {
    return new LayerTensors(
        side.apply(x),
        side.apply(weight),
        side.apply(bias),
        activation,
        side.apply(pre),
        side.apply(y),
        side.apply(dy),
        side.apply(weightGradient),
        side.apply(biasGradient),
        side.apply(dx));
  }
}
