package gpuvae.backend.cpu;

import gpuvae.backend.PosteriorHead;

/** From the standard deviation to the second head that it comes from. */
final class SigmaGradient {
  private SigmaGradient() {}

  /**
   * Gradient with respect to the second head.
   *
   * @param dSigma gradient with respect to sigma
   */
  static float toHead(PosteriorHead head, float second, float sigma, float dSigma) {
    return switch (head) {
      case LOG_VARIANCE -> 0.5f * (dSigma * sigma);
      case SOFTPLUS_SIGMA -> dSigma * -FloatMath.expm1(-sigma);
      case RELU_SIGMA -> second <= 0 ? 0 : dSigma;
    };
  }
}
