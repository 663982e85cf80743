package gpuvae.backend;

/** How far an element may be from the oracle's. */
@FunctionalInterface
interface Bound {
  /** The same bits as the oracle's value rounded to float. */
  Bound EXACT = (index, expected) -> 0;

  /**
   * The largest distance allowed.
   *
   * @param index of the element, row-major within the rows in use
   * @param expected the oracle's value
   */
  double at(int index, double expected);

  /** Of each of the first elements. */
  default double[] ofFirst(int count, double[] expected) {
    double[] bounds = new double[count];
    for (int i = 0; i < count; i++) {
      bounds[i] = at(i, expected[i]);
    }
    return bounds;
  }

  /** This and another error together. */
  default Bound plus(Bound other) {
    return (index, expected) -> at(index, expected) + other.at(index, expected);
  }

  /** This many times the error. */
  default Bound times(double factor) {
    return (index, expected) -> factor * at(index, expected);
  }
}
