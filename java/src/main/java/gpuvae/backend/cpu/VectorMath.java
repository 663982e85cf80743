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

  /** e^x for x up to 0. */
  static FloatVector expOfNegative(FloatVector x) {
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

  /** ln(1 + x) for x in [0, 1]. */
  static FloatVector log1pUnit(FloatVector x) {
    VectorMask<Float> high = x.compare(VectorOperators.GT, SQRT_TWO_MINUS_1);
    FloatVector f = x.blend(x.sub(1).mul(0.5f), high);
    FloatVector n = FloatVector.zero(FLOATS).blend(1, high);
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
}
