package gpuvae.backend;

import java.util.function.Function;

/** {@link PosteriorTensors} on both sides; what is null on one is null on the other. */
record PosteriorPairs(
    PosteriorHead head, Pair heads, Pair eps, Pair sigma, Pair z, Pair kl, Pair dz, Pair dHeads) {
  PosteriorTensors tested() {
    return of(OperationsSuite::tested);
  }

  PosteriorTensors exact() {
    return of(OperationsSuite::exact);
  }

  private PosteriorTensors of(Function<Pair, Tensor> side) {
    return new PosteriorTensors(
        head,
        side.apply(heads),
        side.apply(eps),
        side.apply(sigma),
        side.apply(z),
        side.apply(kl),
        side.apply(dz),
        side.apply(dHeads));
  }
}
