package gpuvae.backend;

import java.util.Locale;

/**
 * An elementwise function between layers.
 *
 * @param kind which function
 * @param slope for {@link Kind#LEAKY_RELU}, the factor of negative inputs (positive); else 0
 */
public record Activation(Kind kind, float slope) {
  /** The functions. */
  public enum Kind {
    /** x. */
    IDENTITY,
    /** max(x, 0). */
    RELU,
    /** x where x is positive, else slope x. */
    LEAKY_RELU,
    /** ln(1 + e^x). */
    SOFTPLUS,
    /** 1 / (1 + e^-x). */
    SIGMOID,
    /** tanh(x). */
    TANH,
    /** x / (1 + e^-x). */
    SILU
  }

  /** x. */
  public static final Activation IDENTITY = new Activation(Kind.IDENTITY, 0);

  /** max(x, 0). */
  public static final Activation RELU = new Activation(Kind.RELU, 0);

  /** ln(1 + e^x). */
  public static final Activation SOFTPLUS = new Activation(Kind.SOFTPLUS, 0);

  /** 1 / (1 + e^-x). */
  public static final Activation SIGMOID = new Activation(Kind.SIGMOID, 0);

  /** tanh(x). */
  public static final Activation TANH = new Activation(Kind.TANH, 0);

  /** x / (1 + e^-x). */
  public static final Activation SILU = new Activation(Kind.SILU, 0);

  /** Checks the slope. */
  public Activation {
    boolean leaky = kind == Kind.LEAKY_RELU;
    if (leaky ? !(slope > 0 && slope < Float.POSITIVE_INFINITY) : slope != 0) {
      throw new IllegalArgumentException(
          "slope is "
              + slope
              + ", allowed: "
              + (leaky ? "a positive number" : "0 unless leaky-relu"));
    }
  }

  /** x where x is positive, else slope x. */
  public static Activation leakyRelu(double slope) {
    return new Activation(Kind.LEAKY_RELU, (float) slope);
  }

  /**
   * Whether the derivative needs the function's input. All others are derived from the output, so
   * that a layer keeps one tensor, not two.
   */
  public boolean needsInput() {
    return kind == Kind.SILU;
  }

  /** As in config.json: "relu", "leaky-relu". */
  public String label() {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return kind == Kind.LEAKY_RELU ? label() + "(" + slope + ")" : label();
  }
}
