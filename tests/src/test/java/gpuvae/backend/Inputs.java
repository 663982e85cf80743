package gpuvae.backend;

import java.util.SplittableRandom;

/** Fresh random inputs of a test; the seed is in every failure's message. */
final class Inputs {
  private static final float[] EXTREMES = {
    0,
    -0.0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    1e-40f,
    -1e-40f,
    1e-20f,
    1e-6f,
    -1e-6f,
    1,
    -1,
    30,
    -30
  };

  private final long seed = Long.getLong("gpuvae.test.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  long seed() {
    return seed;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  long word() {
    return random.nextLong();
  }

  /** Standard normal times a scale. */
  float[] normal(int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return values;
  }

  /** Eighths near normal numbers times a scale: sums of their products have no rounding. */
  float[] eighths(int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Math.round(8 * scale * random.nextGaussian()) / 8f;
    }
    return values;
  }

  /** Mostly normal; one in eight is a zero, a subnormal, a tiny number, +-1, +-30 or +-limit. */
  float[] wild(int count, double scale, float limit) {
    float[] values = normal(count, scale);
    for (int i = 0; i < count; i++) {
      if (random.nextInt(8) == 0) {
        int which = random.nextInt(EXTREMES.length + 2);
        float extreme =
            which < EXTREMES.length ? EXTREMES[which] : which == EXTREMES.length ? limit : -limit;
        values[i] = Math.abs(extreme) <= limit ? extreme : Math.copySign(limit, extreme);
      }
    }
    return values;
  }

  /** In [0, 1], both ends among them. */
  float[] probabilities(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      int kind = random.nextInt(4);
      values[i] = kind == 0 ? 0 : kind == 1 ? 1 : random.nextFloat();
    }
    return values;
  }

  /** A permutation of 0 .. count - 1. */
  int[] permutation(int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
