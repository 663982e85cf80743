package gpuvae.backend;

/** {@link AdamTensors} on both sides. */
record AdamPairs(Pair parameters, Pair gradients, Pair firstMoment, Pair secondMoment) {
  AdamTensors tested() {
    return new AdamTensors(
        parameters.tested, gradients.tested, firstMoment.tested, secondMoment.tested);
  }

  AdamTensors exact() {
    return new AdamTensors(
        parameters.exact, gradients.exact, firstMoment.exact, secondMoment.exact);
  }
}
