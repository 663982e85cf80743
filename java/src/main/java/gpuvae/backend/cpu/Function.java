package gpuvae.backend.cpu;

/** What {@link Kernels#map} computes of each element. */
enum Function {
  /** sqrt(-2 ln x), the radius of Box and Muller, for x in [2^-24, 1]. */
  RADIUS,
  /** cos(2 pi x), for x in [0, 1]. */
  COSINE,
  /** sin(2 pi x), for x in [0, 1]. */
  SINE,

  /** e^(x/2): sigma from a logarithm of the variance. */
  EXP_HALF,
  /** e^x - 1 - x: sigma^2 - 1 - ln sigma^2 from a logarithm of the variance. */
  EXP_REST,
  /** e^x - 1. */
  EXPM1,

  /** e^-|x|: what a sigmoid and its logarithm have in common. */
  EXP_MINUS_ABS,
  /** ln(1 + x), for x in [0, 1]. */
  LOG1P,

  /** ln(1 + e^x). */
  SOFTPLUS,
  /** 1 - e^-x: the slope of softplus where its value is x. */
  SOFTPLUS_SLOPE,
  /** max(x, 0) + 1e-6. */
  FLOORED_RELU,
  /** 1 where x is above 0, else 0: the slope of ReLU. */
  RELU_SLOPE,
  /** x^2 - 1 - 2 ln x. */
  SPREAD;

  /** What {@link #FLOORED_RELU} adds. */
  static final float FLOOR = 1e-6f;
}
