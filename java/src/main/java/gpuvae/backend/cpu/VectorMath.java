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
    x = x.blend(EXP_MAX, x.compare(VectorOperators.GT, EXP_MAX));
    x = x.blend(EXP_MIN, x.compare(VectorOperators.LT, EXP_MIN));
    FloatVector rounder = FloatVector.broadcast(FLOATS, ROUNDER);
    FloatVector rounded = x.fma(FloatVector.broadcast(FLOATS, LOG2_E), rounder);
    FloatVector n = rounded.sub(rounder);
    FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), x);
    r = n.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), r);
    FloatVector p = FloatVector.broadcast(FLOATS, E5).fma(r, FloatVector.broadcast(FLOATS, E4));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E3));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E2));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E1));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E0));
    FloatVector y = p.fma(r.mul(r), r).add(1);
    IntVector power = rounded.reinterpretAsInts().sub(ROUNDER_BITS);
    IntVector half = power.lanewise(VectorOperators.ASHR, 1);
    return y.mul(powerOfTwo(half)).mul(powerOfTwo(power.sub(half)));
  }

  private static FloatVector powerOfTwo(IntVector n) {
    return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  /** ln x, for normal finite x. */
  private static FloatVector logNormal(FloatVector x) {
    IntVector bits = x.reinterpretAsInts().add(ONE_BITS - SQRT_HALF_BITS);
    FloatVector n =
        (FloatVector)
            bits.lanewise(VectorOperators.ASHR, 23).sub(127).convert(VectorOperators.I2F, 0);
    FloatVector f = bits.and(0x007FFFFF).add(SQRT_HALF_BITS).reinterpretAsFloats().sub(1);
    FloatVector p = FloatVector.broadcast(FLOATS, L8).fma(f, FloatVector.broadcast(FLOATS, L7));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L6));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L5));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L4));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L3));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L2));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L1));
    p = p.fma(f, FloatVector.broadcast(FLOATS, L0));
    FloatVector square = f.mul(f);
    FloatVector y = n.fma(FloatVector.broadcast(FLOATS, LN2_LOW), p.mul(f).mul(square));
    y = FloatVector.broadcast(FLOATS, -0.5f).fma(square, y);
    return n.fma(FloatVector.broadcast(FLOATS, LN2_HIGH), f.add(y));
  }

  /**
   * ln(1 + x) for x in [0, 1], or NaN.
   *
   * @param u 1 + x
   */
  static FloatVector log1pUnit(FloatVector x, FloatVector u) {
    FloatVector lost = x.sub(u.sub(1)).div(u);
    VectorMask<Float> nan = u.compare(VectorOperators.NE, u);
    return logNormal(u).add(lost).blend(u, nan);
  }
}
