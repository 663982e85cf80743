package gpuvae.backend.cpu;

import gpuvae.backend.Philox;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link Philox}, a counter to each 64-bit lane; upper halves of the words hold anything. */
final class VectorPhilox {
  private static final VectorSpecies<Long> LONGS =
      VectorSpecies.of(long.class, VectorShape.preferredShape());

  private static final long LOW = 0xFFFFFFFFL;

  private VectorPhilox() {}

  /** {@link Kernels#uniforms}. */
  static void uniforms(
      int n, long[] counters, long seed, int attempt, int tag, float[] even, float[] odd) {
    // Both factors of a product are visibly masked: then C2 multiplies 32 bits by 32.
    LongVector low = LongVector.broadcast(LONGS, LOW);
    LongVector multiplier0 = LongVector.broadcast(LONGS, Philox.MULTIPLIER_0).and(low);
    LongVector multiplier1 = LongVector.broadcast(LONGS, Philox.MULTIPLIER_1).and(low);
    LongVector weyl0 = LongVector.broadcast(LONGS, Philox.WEYL_0);
    LongVector weyl1 = LongVector.broadcast(LONGS, Philox.WEYL_1);
    for (int i = 0; i < n; i += LONGS.length()) {
      LongVector c0 = LongVector.fromArray(LONGS, counters, i);
      LongVector c1 = high(c0);
      LongVector c2 = LongVector.broadcast(LONGS, attempt);
      LongVector c3 = LongVector.broadcast(LONGS, tag);
      LongVector k0 = LongVector.broadcast(LONGS, seed);
      LongVector k1 = LongVector.broadcast(LONGS, seed >>> 32);
      for (int round = 0; round < Philox.ROUNDS; round++) {
        LongVector p0 = c0.and(low).mul(multiplier0);
        LongVector p1 = c2.and(low).mul(multiplier1);
        c0 = high(p1).lanewise(VectorOperators.XOR, c1).lanewise(VectorOperators.XOR, k0);
        c2 = high(p0).lanewise(VectorOperators.XOR, c3).lanewise(VectorOperators.XOR, k1);
        c1 = p1;
        c3 = p0;
        k0 = k0.add(weyl0);
        k1 = k1.add(weyl1);
      }
      uniform(c0, c2).intoArray(even, 2 * i);
      uniform(c1, c3).intoArray(odd, 2 * i);
    }
  }

  private static LongVector high(LongVector x) {
    return x.lanewise(VectorOperators.LSHR, 32);
  }

  /** Numbers from the lower halves, by turns of {@code first} and {@code second}. */
  private static FloatVector uniform(LongVector first, LongVector second) {
    LongVector both = first.and(LOW).or(second.lanewise(VectorOperators.LSHL, 32));
    IntVector top = both.reinterpretAsInts().lanewise(VectorOperators.LSHR, 8).add(1);
    return ((FloatVector) top.convert(VectorOperators.I2F, 0)).mul(0x1p-24f);
  }
}
