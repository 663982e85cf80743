package gpuvae.backend;

import gpuvae.backend.reference.Formulas;

/**
 * How far single precision may be from the oracle: the only place where it is said. Inputs are the
 * same floats on both sides, so an error is the operation's own. Every bound is of the worst case
 * to first order, for any order of summation, with or without fma: it never fails by bad luck.
 */
final class Tolerances {
  /** Half a unit in the last place: the relative error of one rounding. */
  static final double U = 0x1p-24;

  /** Below this results may lose their last bits, or be flushed to zero. */
  static final double TINY = 0x1p-126;

  /**
   * exp, log, tanh and what is made of them: 6 units in the last place. Ours and CUDA's keep 4; the
   * rest is for CUDA's with ex2, lg2 and rcp as far off as the PTX ISA allows, which the software
   * device can make them.
   */
  private static final double FUNCTION = 12 * U;

  /** The longest chain of single additions in a mean or a variance: sums are trees beyond. */
  private static final int CHAIN = 64;

  /** What norms add to a variance. */
  static final double NORM_EPSILON = 1e-5;

  /** A standard normal: two devices may be as far from each other as z may, |eps| being about 1. */
  private static final double NORMAL = 1e-6;

  /** z, of |mu| + |sigma eps|: devices draw the same words, but their ln and sin differ by this. */
  private static final double Z = 2e-6;

  private Tolerances() {}

  /** A sum that cuDNN may compute by Winograd's or Fourier's transform, its magnitude as given. */
  static double transformed(double magnitude) {
    return 4e-6 * (magnitude + 1);
  }

  /** value * scale + shift as one fma: one rounding. */
  static double normalised(double expected) {
    return 1.001 * U * Math.abs(expected) + TINY;
  }

  /**
   * A sum of products: the classical bound gamma_k sum|a||b| (Higham, Accuracy and Stability of
   * Numerical Algorithms, 3.1), for any order.
   *
   * @param terms of the sum, the accumulated one included
   * @param magnitude sum of the products' absolute values, the accumulated one included
   */
  static double sum(int terms, double magnitude) {
    return 1.01 * (terms + 1) * U * magnitude + terms * TINY;
  }

  /** x = pre + bias: one rounding. */
  static double biased(double x) {
    return 1.01 * U * Math.abs(x);
  }

  /** activation(x), where x has the error {@code xError}. */
  static double activation(Activation activation, double x, double y, double xError) {
    double slope = Math.abs(Formulas.derivative(activation, x, y));
    if (Math.abs(x) <= xError) {
      // Perhaps on the other side of a kink.
      slope = Math.max(1, slope);
    }
    double own =
        switch (activation.kind()) {
          case IDENTITY, RELU -> 0;
          case LEAKY_RELU -> U;
          case SOFTPLUS, SIGMOID, TANH, SILU -> FUNCTION;
        };
    // The second order of the slope's change over xError: no activation curves by more than 1/2.
    return 1.01 * (own * Math.abs(y) + slope * xError) + xError * xError + TINY;
  }

  /**
   * dy * activation'(pre): the derivative's own error by its formula. 1 - y^2 may cancel, and
   * SiLU's sum passes zero; there the error is relative to the terms.
   */
  static double activationBackward(Activation activation, double x, double y, double dy) {
    double derivative = Math.abs(Formulas.derivative(activation, x, y));
    double s = Formulas.sigmoid(x);
    double error =
        switch (activation.kind()) {
          case IDENTITY, RELU -> 0;
          case LEAKY_RELU -> U * derivative;
          case SOFTPLUS -> (FUNCTION + U) * derivative;
          case SIGMOID -> 4 * U * derivative;
          case TANH -> 4 * U * derivative + 2 * U;
          case SILU -> 2 * FUNCTION * s * (1 + Math.abs(x) * (1 - s));
        };
    return 1.01 * error * Math.abs(dy) + TINY * Math.max(1, Math.abs(dy));
  }

  /** A drawn standard normal. */
  static double normal(double eps) {
    return NORMAL * Math.abs(eps);
  }

  /** sigma from the second head. */
  static double sigma(double sigma) {
    return FUNCTION * sigma + TINY;
  }

  /** z = mu + sigma eps. */
  static double z(double mu, double sigmaEps) {
    return Z * (Math.abs(mu) + Math.abs(sigmaEps)) + TINY;
  }

  /** One latent's share of {@link #klRow}: the magnitude of the terms that make up its KL. */
  static double klMagnitude(PosteriorHead head, double mu, double second) {
    if (head == PosteriorHead.LOG_VARIANCE) {
      return 0.5 * (mu * mu + Math.abs(Math.expm1(second)) + Math.abs(second));
    }
    double sigma = Formulas.sigma(head, second);
    return 0.5 * (mu * mu + sigma * sigma + 1 + 2 * Math.abs(Math.log(sigma)));
  }

  /** KL of a row: functions' errors, sigma's doubled by its square and logarithm, and the sum's. */
  static double klRow(int latent, double magnitude) {
    return (3 * FUNCTION + (latent + 4) * U) * magnitude + TINY;
  }

  /** dz + weight mu: product, sum and the weight as a float. */
  static double muGradient(double dz, double weightedMu) {
    return 4 * U * (Math.abs(dz) + Math.abs(weightedMu)) + TINY;
  }

  /** The second head's gradient: functions' errors relative to the terms, not to their sum. */
  static double secondGradient(
      PosteriorHead head, double second, double eps, double sigma, double dz, double weight) {
    double noise = Math.abs(dz * eps);
    double magnitude =
        switch (head) {
          case LOG_VARIANCE -> noise * sigma + weight * Math.abs(Math.expm1(second));
          case SOFTPLUS_SIGMA -> (noise + weight * (sigma + 1 / sigma)) * Formulas.sigmoid(second);
          case RELU_SIGMA -> second > 0 ? noise + weight * (sigma + 1 / sigma) : 0;
        };
    return 3 * FUNCTION * magnitude + TINY;
  }

  /**
   * The mean of n values: summed in double precision, or a first mean corrected by the mean
   * deviation from it, in single precision and chains of at most {@link #CHAIN} additions.
   *
   * @param magnitude sum of absolute values
   * @param deviations sum of absolute deviations from the mean
   */
  static double mean(double mean, int n, double magnitude, double deviations) {
    return 2 * U * Math.abs(mean) + (CHAIN * U * deviations + doubleSum(n, magnitude)) / n + TINY;
  }

  /**
   * The variance of n values: from single deviations of a mean with an error, summed in double
   * precision or as for {@link #mean}, or all of it in double precision from sums of squares.
   *
   * @param squares sum of the values' squares
   */
  static double variance(double variance, double meanError, int n, double squares) {
    return (CHAIN + 6) * U * variance
        + meanError * meanError
        + 4 * doubleSum(n, squares) / n
        + TINY;
  }

  /** 1 / sqrt(variance + epsilon), relative. */
  static double inverse(double variance, double varianceError) {
    return 4 * U + 0.51 * varianceError / (variance + NORM_EPSILON);
  }

  /**
   * (x - mean) inverse scale + shift + residual in any order, a factor and a summand for a whole
   * plane among them.
   *
   * @param inverseError relative
   */
  static double normalised(
      double x,
      double mean,
      double meanError,
      double inverse,
      double inverseError,
      double scale,
      double shift,
      double residual) {
    double factor = Math.abs(inverse * scale);
    double magnitude =
        factor * (Math.abs(x) + Math.abs(mean)) + Math.abs(shift) + Math.abs(residual);
    return 6 * U * magnitude
        + 1.01 * factor * (meanError + Math.abs(x - mean) * inverseError)
        + TINY;
  }

  /**
   * scale inverse (dy - sum / n - hat products / n): errors of both sums in any order, where each
   * hat has two roundings, and of what follows.
   *
   * @param magnitude sum of |dy|
   * @param products sum of |dy hat|
   */
  static double normBackward(
      double factor, double dy, double hat, int n, double magnitude, double products) {
    double own = 8 * U * (Math.abs(dy) + magnitude / n + Math.abs(hat) * products / n);
    double sums = sum(n, magnitude) / n + Math.abs(hat) * sum(n + 3, products) / n;
    return 1.01 * Math.abs(factor) * (own + sums) + TINY * Math.max(1, Math.abs(factor));
  }

  /** (1 - momentum) running + momentum batch. */
  static double blended(float momentum, double running, double batch) {
    return 4 * U * ((1 - momentum) * Math.abs(running) + momentum * Math.abs(batch)) + TINY;
  }

  /** One feature's Bernoulli loss: the magnitude of its terms. */
  static double bernoulliMagnitude(double l, double x) {
    return Math.max(l, 0) + Math.abs(l * x) + Math.log1p(Math.exp(-Math.abs(l)));
  }

  /** A row's sum of {@code n} terms, each a function of its input. */
  static double lossRow(int n, double magnitude) {
    return (FUNCTION + (n + 3) * U) * magnitude + n * TINY;
  }

  /** sigmoid(l) - x. */
  static double bernoulliGradient(double l, double gradient) {
    return FUNCTION * Formulas.sigmoid(l) + 2 * U * Math.abs(gradient) + TINY;
  }

  /** The error of y = output(pre) in a squared error. */
  private static double outputError(Activation output, double y) {
    return output.kind() == Activation.Kind.SIGMOID ? FUNCTION * y + TINY : 0;
  }

  /** (y - x)^2, without the row's sum. */
  static double square(Activation output, double y, double difference) {
    double error = outputError(output, y) + U * Math.abs(difference);
    return 2 * Math.abs(difference) * error + error * error + U * difference * difference;
  }

  /** 2 (y - x) output'(pre): y (1 - y) has the error of y, absolute. */
  static double squareGradient(Activation output, double y, double difference) {
    double yError = outputError(output, y);
    double slope = output.kind() == Activation.Kind.SIGMOID ? y * (1 - y) : 1;
    return 2.02 * (yError + 2 * U * Math.abs(difference)) * slope
        + 2.02 * Math.abs(difference) * (yError + 4 * U * slope)
        + TINY;
  }

  /** A sum of squares of floats in double precision, in any order. */
  static double doubleSum(long terms, double magnitude) {
    return (terms + 1) * 0x1p-53 * magnitude;
  }

  /** Adam's moments and parameter, from one element's state before the step. */
  record Adam(double first, double second, double parameter) {
    /**
     * Roundings of the moments, and what they do to the update.
     *
     * @param g the gradient, |g| + |decay p| where decay is added to it
     * @param step the update subtracted from p
     */
    static Adam of(
        AdamSettings settings,
        double p,
        double g,
        double m,
        double v,
        double rate,
        double correction1,
        double correction2,
        double secondMoment,
        double step) {
      double magnitude1 = settings.beta1() * Math.abs(m) + (1 - settings.beta1()) * g;
      double magnitude2 = settings.beta2() * v + (1 - settings.beta2()) * g * g;
      double first = 5 * U * magnitude1 + TINY;
      double second = 8 * U * magnitude2 + TINY;
      double root = Math.sqrt(secondMoment / correction2);
      double rootError =
          Math.min(
              Math.sqrt(second / correction2),
              root == 0 ? Double.MAX_VALUE : second / correction2 / root);
      double denominator = root + settings.epsilon();
      double parameter =
          3 * U * Math.abs(p)
              + 16 * U * Math.abs(step)
              + 1.5 * rate * first / correction1 / denominator
              + 1.5 * Math.abs(step) * rootError / denominator
              + TINY;
      return new Adam(first, second, parameter);
    }
  }

  /**
   * One of a row's weights: its logarithm, a difference of up to {@code spread}, is rounded once.
   *
   * @param magnitude of the sum of ln sigma, which is single precision's
   */
  static double importanceWeight(double expected, double magnitude, double spread) {
    double relative = 2 * FUNCTION * magnitude + (8 * spread + 64) * U + 4 * FUNCTION;
    return expected * (relative - 2 * U * Math.log(Math.max(expected, TINY))) + TINY;
  }

  /** A row's negative importance-weighted bound. */
  static double importanceLoss(double expected, double magnitude, int samples) {
    return 2 * FUNCTION * magnitude
        + U * (2 * Math.abs(expected) + 64 + samples)
        + 4 * FUNCTION * Math.max(1, Math.log(samples));
  }

  /**
   * Of the second head.
   *
   * @param noise magnitude of the gradient of z times eps
   */
  static double importanceGradient(
      PosteriorHead head, double second, double noise, double sigma, double weight) {
    double slope =
        switch (head) {
          case LOG_VARIANCE -> sigma;
          case SOFTPLUS_SIGMA -> Formulas.sigmoid(second);
          case RELU_SIGMA -> 1;
        };
    return 3 * FUNCTION * (noise + weight / sigma) * slope + TINY;
  }
}
