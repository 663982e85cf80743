package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.FloatMath.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link FloatMath} lane by lane: the same operations in the same order, so the same bits. */
final class VectorMath {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  private VectorMath() {}

  /** e^x. */
  static FloatVector exp(FloatVector x) {
    return expBelowMax(x.blend(EXP_MAX, x.compare(VectorOperators.GT, EXP_MAX)));
  }

  /** e^x for x up to {@link FloatMath#EXP_MAX}. */
  static FloatVector expBelowMax(FloatVector x) {
    x = x.blend(EXP_MIN, x.compare(VectorOperators.LT, EXP_MIN));
    FloatVector rounded =
        x.fma(FloatVector.broadcast(FLOATS, LOG2_E), FloatVector.broadcast(FLOATS, ROUNDER));
    FloatVector n = rounded.sub(ROUNDER);
    FloatVector y = expm1Reduced(reduce(x, n)).add(1);
    IntVector power = rounded.reinterpretAsInts().sub(ROUNDER_BITS);
    IntVector half = power.lanewise(VectorOperators.ASHR, 1);
    return y.mul(powerOfTwo(half)).mul(powerOfTwo(power.sub(half)));
  }

  /** e^x - 1. */
  static FloatVector expm1(FloatVector x) {
    x = x.blend(EXP_MAX, x.compare(VectorOperators.GT, EXP_MAX));
    x = x.blend(EXPM1_MIN, x.compare(VectorOperators.LT, EXPM1_MIN));
    FloatVector rounded =
        x.fma(FloatVector.broadcast(FLOATS, LOG2_E), FloatVector.broadcast(FLOATS, ROUNDER));
    FloatVector n = rounded.sub(ROUNDER);
    FloatVector y = expm1Reduced(reduce(x, n));
    FloatVector scale = powerOfTwo(rounded.reinterpretAsInts().sub(ROUNDER_BITS + 1));
    FloatVector scaled = scale.fma(y, scale.sub(0.5f)).mul(2);
    return scaled.blend(y, n.compare(VectorOperators.EQ, 0));
  }

  private static FloatVector reduce(FloatVector x, FloatVector n) {
    return n.fma(
        FloatVector.broadcast(FLOATS, -LN2_LOW),
        n.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), x));
  }

  private static FloatVector expm1Reduced(FloatVector r) {
    FloatVector p = r.fma(FloatVector.broadcast(FLOATS, E5), FloatVector.broadcast(FLOATS, E4));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E3));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E2));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E1));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E0));
    return p.fma(r.mul(r), r);
  }

  private static FloatVector powerOfTwo(IntVector n) {
    return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  /** The natural logarithm. */
  static FloatVector log(FloatVector x) {
    VectorMask<Float> subnormal = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
    FloatVector y =
        logScaled(
            x.blend(x.mul(0x1p23f), subnormal),
            FloatVector.broadcast(FLOATS, 127).blend(150, subnormal));
    y = y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0));
    y = y.blend(Float.NaN, x.compare(VectorOperators.LT, 0));
    return x.blend(y, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
  }

  /** The natural logarithm of positive normal numbers. */
  static FloatVector logOfNormal(FloatVector x) {
    return logScaled(x, FloatVector.broadcast(FLOATS, 127));
  }

  private static FloatVector logScaled(FloatVector x, FloatVector bias) {
    IntVector bits = x.reinterpretAsInts().add(ONE_BITS - SQRT_HALF_BITS);
    IntVector exponent = bits.lanewise(VectorOperators.ASHR, 23);
    FloatVector n = ((FloatVector) exponent.convert(VectorOperators.I2F, 0)).sub(bias);
    FloatVector f = bits.and(0x007FFFFF).add(SQRT_HALF_BITS).reinterpretAsFloats().sub(1);
    return logPolynomial(f, n);
  }

  /** ln(1 + f) + n ln 2. */
  private static FloatVector logPolynomial(FloatVector f, FloatVector n) {
    FloatVector p = f.fma(FloatVector.broadcast(FLOATS, L8), FloatVector.broadcast(FLOATS, L7));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L6));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L5));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L4));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L3));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L2));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L1));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L0));
    FloatVector square = f.mul(f);
    FloatVector y = n.fma(FloatVector.broadcast(FLOATS, LN2_LOW), p.mul(f).mul(square));
    y = square.fma(FloatVector.broadcast(FLOATS, -0.5f), y);
    return n.fma(FloatVector.broadcast(FLOATS, LN2_HIGH), f.add(y));
  }

  /** ln(1 + x) for x in [0, 1]. */
  static FloatVector log1pUnit(FloatVector x) {
    VectorMask<Float> high = x.compare(VectorOperators.GT, SQRT_TWO_MINUS_1);
    return logPolynomial(
        x.blend(x.sub(1).mul(0.5f), high), FloatVector.broadcast(FLOATS, 0).blend(1, high));
  }

  /** ln(1 + e^x). */
  static FloatVector softplus(FloatVector x) {
    FloatVector rest = log1pUnit(expBelowMax(x.abs().neg()));
    return x.blend(0, x.compare(VectorOperators.LT, 0)).add(rest);
  }

  /** cos(pi x), for |x| up to 2^21. */
  static FloatVector cospi(FloatVector x) {
    return sinpiOfQuadrant(x, 1);
  }

  /** sin(pi x), for |x| up to 2^21. */
  static FloatVector sinpi(FloatVector x) {
    return sinpiOfQuadrant(x, 0);
  }

  /** sin(pi (x + turn / 2)). */
  private static FloatVector sinpiOfQuadrant(FloatVector x, int turn) {
    FloatVector rounded =
        x.fma(FloatVector.broadcast(FLOATS, 2), FloatVector.broadcast(FLOATS, ROUNDER));
    FloatVector y =
        rounded.sub(ROUNDER).fma(FloatVector.broadcast(FLOATS, -0.5f), x).mul((float) Math.PI);
    IntVector quadrant = rounded.reinterpretAsInts().add(turn);
    VectorMask<Float> odd = quadrant.and(1).compare(VectorOperators.NE, 0).cast(FLOATS);
    IntVector value = sinReduced(y).blend(cosReduced(y), odd).reinterpretAsInts();
    IntVector sign = quadrant.and(2).lanewise(VectorOperators.LSHL, 30);
    return value.lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
  }

  private static FloatVector sinReduced(FloatVector y) {
    FloatVector square = y.mul(y);
    FloatVector p =
        square.fma(FloatVector.broadcast(FLOATS, S2), FloatVector.broadcast(FLOATS, S1));
    p = p.fma(square, FloatVector.broadcast(FLOATS, S0));
    return p.mul(square).fma(y, y);
  }

  private static FloatVector cosReduced(FloatVector y) {
    FloatVector square = y.mul(y);
    FloatVector p =
        square.fma(FloatVector.broadcast(FLOATS, C2), FloatVector.broadcast(FLOATS, C1));
    p = p.fma(square, FloatVector.broadcast(FLOATS, C0));
    return p.fma(
        square.mul(square),
        square.fma(FloatVector.broadcast(FLOATS, -0.5f), FloatVector.broadcast(FLOATS, 1)));
  }
}
