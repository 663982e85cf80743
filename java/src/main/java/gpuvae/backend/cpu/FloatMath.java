package gpuvae.backend.cpu;

import static java.lang.Math.fma;

/**
 * Elementary functions of floats, within 2.2 ulp, from operations that give the same bits however
 * they are run. {@link VectorMath} does the same lane by lane. Polynomials and ranges as in Cephes
 * (Moshier, single precision).
 */
final class FloatMath {
  static final float LOG2_E = 1.44269504088896341f;

  /** Adding it rounds to an integer, which is then in the low bits of the sum. */
  static final float ROUNDER = 0x1.8p23f;

  static final int ROUNDER_BITS = 0x4B400000;

  // ln 2 in two parts; the high one times any exponent is exact.
  static final float LN2_HIGH = 0.693359375f;
  static final float LN2_LOW = -2.12194440e-4f;

  // Beyond these exp is infinite or 0.
  static final float EXP_MAX = 89f;
  static final float EXP_MIN = -104f;

  /** Below it e^x - 1 is -1. */
  static final float EXPM1_MIN = -20f;

  // (e^r - 1 - r) / r^2 on [-ln2/2, ln2/2], highest power first.
  static final float E5 = 1.9875691500e-4f;
  static final float E4 = 1.3981999507e-3f;
  static final float E3 = 8.3334519073e-3f;
  static final float E2 = 4.1665795894e-2f;
  static final float E1 = 1.6666665459e-1f;
  static final float E0 = 5.0000001201e-1f;

  // (ln(1 + f) - f + f^2/2) / f^3 on [sqrt(1/2) - 1, sqrt(2) - 1], highest power first.
  static final float L8 = 7.0376836292e-2f;
  static final float L7 = -1.1514610310e-1f;
  static final float L6 = 1.1676998740e-1f;
  static final float L5 = -1.2420140846e-1f;
  static final float L4 = 1.4249322787e-1f;
  static final float L3 = -1.6668057665e-1f;
  static final float L2 = 2.0000714765e-1f;
  static final float L1 = -2.4999993993e-1f;
  static final float L0 = 3.3333331174e-1f;

  static final float SQRT_TWO_MINUS_1 = 0.41421357f;
  static final int SQRT_HALF_BITS = 0x3F3504F3;
  static final int ONE_BITS = 0x3F800000;

  // (sin y - y) / y^3 and (cos y - 1 + y^2/2) / y^4 on [-pi/4, pi/4], highest power first.
  static final float S2 = -1.9515295891e-4f;
  static final float S1 = 8.3321608736e-3f;
  static final float S0 = -1.6666654611e-1f;
  static final float C2 = 2.443315711809948e-5f;
  static final float C1 = -1.388731625493765e-3f;
  static final float C0 = 4.166664568298827e-2f;

  private FloatMath() {}

  /** e^x. */
  static float exp(float x) {
    x = x > EXP_MAX ? EXP_MAX : x;
    x = x < EXP_MIN ? EXP_MIN : x;
    float rounded = fma(x, LOG2_E, ROUNDER);
    float n = rounded - ROUNDER;
    float r = reduce(x, n);
    float y = 1 + expm1Reduced(r);
    // 2^n in two factors, since n may be beyond the exponents of normal numbers.
    int power = Float.floatToRawIntBits(rounded) - ROUNDER_BITS;
    int half = power >> 1;
    return y * powerOfTwo(half) * powerOfTwo(power - half);
  }

  /** e^x - 1. */
  static float expm1(float x) {
    x = x > EXP_MAX ? EXP_MAX : x;
    x = x < EXPM1_MIN ? EXPM1_MIN : x;
    float rounded = fma(x, LOG2_E, ROUNDER);
    float n = rounded - ROUNDER;
    float y = expm1Reduced(reduce(x, n));
    // 2^n y + 2^n - 1, halved on the way, since 2^128 is no float.
    float scale = powerOfTwo(Float.floatToRawIntBits(rounded) - ROUNDER_BITS - 1);
    float scaled = 2 * fma(scale, y, scale - 0.5f);
    return n == 0 ? y : scaled;
  }

  /** x - n ln 2. */
  private static float reduce(float x, float n) {
    return fma(n, -LN2_LOW, fma(n, -LN2_HIGH, x));
  }

  private static float expm1Reduced(float r) {
    float p = fma(E5, r, E4);
    p = fma(p, r, E3);
    p = fma(p, r, E2);
    p = fma(p, r, E1);
    p = fma(p, r, E0);
    return fma(p, r * r, r);
  }

  private static float powerOfTwo(int n) {
    return Float.intBitsToFloat((n + 127) << 23);
  }

  /** The natural logarithm. */
  static float log(float x) {
    boolean subnormal = x < Float.MIN_NORMAL;
    float scaled = subnormal ? x * 0x1p23f : x;
    int bits = Float.floatToRawIntBits(scaled) + (ONE_BITS - SQRT_HALF_BITS);
    float n = (float) ((bits >> 23) - (subnormal ? 150 : 127));
    float f = Float.intBitsToFloat((bits & 0x007FFFFF) + SQRT_HALF_BITS) - 1;
    float y = logPolynomial(f, n);
    y = x == 0 ? Float.NEGATIVE_INFINITY : y;
    y = x < 0 ? Float.NaN : y;
    return x < Float.POSITIVE_INFINITY ? y : x;
  }

  /** ln(1 + f) + n ln 2. */
  private static float logPolynomial(float f, float n) {
    float p = fma(L8, f, L7);
    p = fma(p, f, L6);
    p = fma(p, f, L5);
    p = fma(p, f, L4);
    p = fma(p, f, L3);
    p = fma(p, f, L2);
    p = fma(p, f, L1);
    p = fma(p, f, L0);
    float square = f * f;
    float y = fma(n, LN2_LOW, p * f * square);
    y = fma(-0.5f, square, y);
    return fma(n, LN2_HIGH, f + y);
  }

  /** ln(1 + x) for x in [0, 1]. */
  static float log1pUnit(float x) {
    boolean high = x > SQRT_TWO_MINUS_1;
    float f = high ? (x - 1) * 0.5f : x;
    return logPolynomial(f, high ? 1 : 0);
  }

  /** ln(1 + e^x). */
  static float softplus(float x) {
    return (x < 0 ? 0 : x) + log1pUnit(exp(-Math.abs(x)));
  }

  /** 1 / (1 + e^-x). */
  static float sigmoid(float x) {
    float e = exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  }

  /** The hyperbolic tangent. */
  static float tanh(float x) {
    float square = x * x;
    float p = fma(-5.70498872745e-3f, square, 2.06390887954e-2f);
    p = fma(p, square, -5.37397155531e-2f);
    p = fma(p, square, 1.33314422036e-1f);
    p = fma(p, square, -3.33332819422e-1f);
    float small = fma(p * square, x, x);
    float large = 1 - 2 / (exp(2 * Math.abs(x)) + 1);
    return Math.abs(x) < 0.625f ? small : Math.copySign(large, x);
  }

  /** cos(pi x), for |x| up to 2^21. */
  static float cospi(float x) {
    float rounded = fma(2, x, ROUNDER);
    float y = (float) Math.PI * fma(rounded - ROUNDER, -0.5f, x);
    int quadrant = Float.floatToRawIntBits(rounded);
    float value = (quadrant & 1) == 0 ? cosReduced(y) : sinReduced(y);
    return ((quadrant + 1) & 2) == 0 ? value : -value;
  }

  /** sin(pi x), for |x| up to 2^21. */
  static float sinpi(float x) {
    float rounded = fma(2, x, ROUNDER);
    float y = (float) Math.PI * fma(rounded - ROUNDER, -0.5f, x);
    int quadrant = Float.floatToRawIntBits(rounded);
    float value = (quadrant & 1) == 0 ? sinReduced(y) : cosReduced(y);
    return (quadrant & 2) == 0 ? value : -value;
  }

  private static float sinReduced(float y) {
    float square = y * y;
    float p = fma(S2, square, S1);
    p = fma(p, square, S0);
    return fma(p * square, y, y);
  }

  private static float cosReduced(float y) {
    float square = y * y;
    float p = fma(C2, square, C1);
    p = fma(p, square, C0);
    return fma(p, square * square, fma(-0.5f, square, 1));
  }
}
