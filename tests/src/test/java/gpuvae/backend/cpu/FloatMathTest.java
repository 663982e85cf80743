package gpuvae.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Errors in ulps of the true value, over all magnitudes and both signs. */
@Tag("scalar")
class FloatMathTest {
  private interface Function {
    float apply(float x);
  }

  /** Every so manyth float; odd, so that all low bits occur. */
  private static final int STRIDE = 2017;

  private static void check(
      String name, Function function, DoubleUnaryOperator truth, float from, float to) {
    double worst = 0;
    float where = 0;
    for (int bits = 0; bits < 0x7F800000; bits += STRIDE) {
      for (int sign = 0; sign < 2; sign++) {
        float x = Float.intBitsToFloat(bits | sign << 31);
        if (x >= from && x <= to) {
          double expected = truth.applyAsDouble(x);
          double error = errorInUlps(expected, function.apply(x));
          if (!(error <= worst)) {
            worst = error;
            where = x;
          }
        }
      }
    }
    assertTrue(worst <= 2.2, name + "(" + where + ") is off by " + worst + " ulp");
  }

  private static double errorInUlps(double expected, float actual) {
    float rounded = (float) expected;
    if (Float.isInfinite(rounded) || rounded != rounded) {
      return Float.compare(rounded, actual) == 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    return Math.abs(actual - expected) / Math.ulp(rounded);
  }

  @Test
  void withinAFewUlps() {
    float max = Float.MAX_VALUE;
    check("exp", FloatMath::exp, StrictMath::exp, -max, max);
    check("expm1", FloatMath::expm1, StrictMath::expm1, -max, max);
    check("log", FloatMath::log, StrictMath::log, -max, max);
    check("log1p", FloatMath::log1pUnit, StrictMath::log1p, 0, 1);
    check("tanh", FloatMath::tanh, StrictMath::tanh, -max, max);
    check("sigmoid", FloatMath::sigmoid, x -> 1 / (1 + StrictMath.exp(-x)), -max, max);
    check(
        "softplus",
        FloatMath::softplus,
        x -> Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x))),
        -max,
        max);
  }

  @Test
  void circleWithinAFewUlps() {
    check("sinpi, near 0", FloatMath::sinpi, x -> StrictMath.sin(Math.PI * x), -0.3f, 0.3f);
    check("cospi, near 0", FloatMath::cospi, x -> StrictMath.cos(Math.PI * x), -0.3f, 0.3f);
    for (float x = 0; x <= 2; x += 0x1p-14f) {
      assertEquals(StrictMath.sin(Math.PI * x), FloatMath.sinpi(x), 1.5e-7, "sinpi " + x);
      assertEquals(StrictMath.cos(Math.PI * x), FloatMath.cospi(x), 1.5e-7, "cospi " + x);
    }
    assertEquals(0, FloatMath.sinpi(1) + FloatMath.cospi(0.5f) + FloatMath.cospi(1.5f));
    assertEquals(-1, FloatMath.cospi(1));
    assertEquals(-1, FloatMath.sinpi(1.5f));
  }

  @Test
  void limits() {
    float infinity = Float.POSITIVE_INFINITY;
    Function[] functions = {
      FloatMath::exp,
      FloatMath::expm1,
      FloatMath::log,
      FloatMath::tanh,
      FloatMath::sigmoid,
      FloatMath::softplus
    };
    float[] atInfinity = {infinity, infinity, infinity, 1, 1, infinity};
    float[] atMinusInfinity = {0, -1, Float.NaN, -1, 0, 0};
    float[] atZero = {1, 0, -infinity, 0, 0.5f, (float) Math.log(2)};
    for (int i = 0; i < functions.length; i++) {
      assertEquals(Float.NaN, functions[i].apply(Float.NaN), "function " + i);
      assertEquals(atInfinity[i], functions[i].apply(infinity), "function " + i);
      assertEquals(atMinusInfinity[i], functions[i].apply(-infinity), "function " + i);
      assertEquals(atZero[i], functions[i].apply(0), "function " + i);
    }
    assertEquals(Float.NaN, FloatMath.log1pUnit(Float.NaN));
  }
}
