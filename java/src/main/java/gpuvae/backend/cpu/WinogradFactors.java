package gpuvae.backend.cpu;

/**
 * What {@link Winograd}'s matrices are made of. Its points are 0, {@link #NEAR} and {@link #FAR}
 * with either sign, and infinity: half the rounding error of the usual 0, 1, 2.
 */
final class WinogradFactors {
  static final float NEAR = 0.75f;
  static final float FAR = 1.5f;

  // Powers, exact.
  static final float NEAR_2 = NEAR * NEAR;
  static final float NEAR_3 = NEAR_2 * NEAR;
  static final float FAR_2 = FAR * FAR;
  static final float FAR_3 = FAR_2 * FAR;

  // What the values of a filter's polynomial at the points are multiplied by.
  static final float AT_ZERO = 1 / (NEAR_2 * FAR_2);
  static final float AT_NEAR = 1 / (2 * NEAR_2 * (NEAR_2 - FAR_2));
  static final float AT_FAR = 1 / (2 * FAR_2 * (FAR_2 - NEAR_2));

  private WinogradFactors() {}
}
