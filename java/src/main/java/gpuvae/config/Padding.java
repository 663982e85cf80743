package gpuvae.config;

/**
 * Zeros around an image.
 *
 * @param before rows above and columns to the left
 * @param after rows below and columns to the right
 */
public record Padding(int before, int after) {
  /** None. */
  public static final Padding NONE = new Padding(0, 0);

  /** As many on every side. */
  public static Padding of(int pixels) {
    return new Padding(pixels, pixels);
  }

  /**
   * With stride 1 the output is as large as the input: kernel - 1 in all, and if that is odd, one
   * more after than before, as PyTorch has it.
   */
  public static Padding same(int kernel) {
    return new Padding((kernel - 1) / 2, kernel / 2);
  }

  @Override
  public String toString() {
    return before == after ? "" + before : before + "+" + after;
  }
}
