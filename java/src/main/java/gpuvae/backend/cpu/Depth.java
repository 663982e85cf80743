package gpuvae.backend.cpu;

/** Blocks of a product's depth: a panel's block stays in the first two levels of cache. */
final class Depth {
  /** Longest chain of fma. */
  static final int MOST = 288;

  /** Blocks but the last are multiples of it, so that they are packed by whole vectors. */
  private static final int LINE = 16;

  private Depth() {}

  /** The size of equal blocks. */
  static int block(int k) {
    int blocks = Math.max(1, Math.ceilDiv(k, MOST));
    return Math.max(LINE, Math.ceilDiv(Math.ceilDiv(k, blocks), LINE) * LINE);
  }
}
