package gpuvae.backend;

/**
 * Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011), the only
 * source of randomness in a model: a pure function of key and counter, so that every device, batch
 * split and resumed run draws the same words.
 *
 * <p>Key: the 64-bit seed, low word first. Counter: (column / 4, row in the logical batch, low 32
 * bits of the attempt, {@link #tag}); element {@code column} takes word {@code column % 4}.
 */
public final class Philox {
  /** Factor of the counter's first word; all constants as in the paper. */
  public static final int MULTIPLIER_0 = 0xD2511F53;

  /** Factor of the counter's third word. */
  public static final int MULTIPLIER_1 = 0xCD9E8D57;

  /** What each round adds to the key's low word. */
  public static final int WEYL_0 = 0x9E3779B9;

  /** What each round adds to the key's high word. */
  public static final int WEYL_1 = 0xBB67AE85;

  /** Rounds. */
  public static final int ROUNDS = 10;

  private Philox() {}

  /**
   * The counter's fourth word: purpose in bits 28 to 31, bits 32 to 43 of the attempt in bits 16 to
   * 27, {@code k} (which of several samples) in bits 0 to 15.
   */
  public static int tag(Noise purpose, long attempt, int k) {
    return purpose.ordinal() << 28 | ((int) (attempt >>> 32) & 0xFFF) << 16 | k & 0xFFFF;
  }

  /** Writes the four words of one counter to {@code words[0..3]}. */
  public static void words(long seed, int c0, int c1, int c2, int c3, int[] words) {
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long p1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
  }

  /** A word as a number in (0, 1]: ((word >>> 8) + 1) 2^-24, so that its logarithm is finite. */
  public static float uniform(int word) {
    return ((word >>> 8) + 1) * 0x1p-24f;
  }
}
