package gpuvae.backend.reference;

import gpuvae.backend.Activation;
import gpuvae.backend.PosteriorHead;

/** The scalar functions of {@link gpuvae.backend.Backend}, in double precision. */
public final class Formulas {
  private Formulas() {}

  /** The activation of x. */
  public static double value(Activation activation, double x) {
    return switch (activation.kind()) {
      case IDENTITY -> x;
      case RELU -> Math.max(x, 0);
      case LEAKY_RELU -> x > 0 ? x : activation.slope() * x;
      case SOFTPLUS -> softplus(x);
      case SIGMOID -> sigmoid(x);
      case TANH -> Math.tanh(x);
      case SILU -> x * sigmoid(x);
    };
  }

  /** The activation's derivative, from its output y; from its input x if it needs it. */
  public static double derivative(Activation activation, double x, double y) {
    return switch (activation.kind()) {
      case IDENTITY -> 1;
      case RELU -> y > 0 ? 1 : 0;
      case LEAKY_RELU -> y > 0 ? 1 : activation.slope();
      case SOFTPLUS -> -Math.expm1(-y);
      case SIGMOID -> y * (1 - y);
      case TANH -> (1 - y) * (1 + y);
      case SILU -> sigmoid(x) * (1 + x * sigmoid(-x));
    };
  }

  /** ln(1 + e^x), without overflow. */
  public static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /** 1 / (1 + e^-x), with full relative precision at both ends. */
  public static double sigmoid(double x) {
    return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
  }

  /** Standard deviation from the second head. */
  public static double sigma(PosteriorHead head, double second) {
    return switch (head) {
      case LOG_VARIANCE -> Math.exp(second / 2);
      case SOFTPLUS_SIGMA -> softplus(second);
      case RELU_SIGMA -> Math.max(second, 0) + 1e-6;
    };
  }

  /** KL divergence of one latent from the standard normal, nats. */
  public static double kl(PosteriorHead head, double mu, double second) {
    if (head == PosteriorHead.LOG_VARIANCE) {
      return 0.5 * (mu * mu + Math.expm1(second) - second);
    }
    double sigma = sigma(head, second);
    return 0.5 * (mu * mu + sigma * sigma - 1 - 2 * Math.log(sigma));
  }

  /** Gradient of loss + weight x KL with respect to the second head. */
  public static double secondGradient(
      PosteriorHead head, double second, double eps, double sigma, double dz, double weight) {
    double bySigma = dz * eps + weight * (sigma - 1 / sigma);
    return switch (head) {
      case LOG_VARIANCE -> 0.5 * (dz * eps * sigma + weight * Math.expm1(second));
      case SOFTPLUS_SIGMA -> bySigma * sigmoid(second);
      case RELU_SIGMA -> second > 0 ? bySigma : 0;
    };
  }

  /** Box-Muller: the normal of one element, from its pair of uniforms in (0, 1]. */
  public static double normal(double first, double second, boolean cosine) {
    double radius = Math.sqrt(-2 * Math.log(first));
    return radius * (cosine ? cosOfTurn(second) : sinOfTurn(second));
  }

  /** sin(2 pi u): reduced to an eighth of a turn, where 2 pi u is accurate; exact at quarters. */
  private static double sinOfTurn(double u) {
    double turn = u - Math.rint(u);
    double nearest = Math.rint(turn * 4) / 4;
    double angle = 2 * Math.PI * (turn - nearest);
    return switch ((int) (nearest * 4)) {
      case 0 -> Math.sin(angle);
      case 1 -> Math.cos(angle);
      case -1 -> -Math.cos(angle);
      default -> -Math.sin(angle);
    };
  }

  private static double cosOfTurn(double u) {
    return sinOfTurn(u + 0.25);
  }
}
