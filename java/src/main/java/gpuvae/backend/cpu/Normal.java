package gpuvae.backend.cpu;

import gpuvae.backend.Noise;
import gpuvae.backend.Philox;
import gpuvae.backend.StepState;

/** Standard normal noise by counter: Philox, then Box and Muller (1958). */
final class Normal {
  private static final Noise[] PURPOSES = Noise.values();

  private final int[][] words;
  private long seed;
  private int rowBase;
  private int attempt;
  private int tag;

  Normal(int workers) {
    words = new int[workers][4];
  }

  /** Takes key and counter from a step's state. */
  void set(StepState state) {
    long[] now = CpuStorage.longs(state.words());
    seed = now[StepState.SEED];
    rowBase = (int) now[StepState.ROW_BASE];
    long whole = now[StepState.ATTEMPT];
    attempt = (int) whole;
    tag = Philox.tag(PURPOSES[(int) now[StepState.PURPOSE]], whole, (int) now[StepState.SAMPLE]);
  }

  /** Draws a row of the batch. */
  void row(int row, float[] eps, int offset, int columns, int worker) {
    int[] drawn = words[worker];
    for (int j = 0; j < columns; j += 4) {
      Philox.words(seed, j / 4, rowBase + row, attempt, tag, drawn);
      for (int pair = 0; pair < 4 && j + pair < columns; pair += 2) {
        float radius = (float) Math.sqrt(-2 * FloatMath.log(Philox.uniform(drawn[pair])));
        float angle = 2 * Philox.uniform(drawn[pair + 1]);
        int to = offset + j + pair;
        eps[to] = radius * FloatMath.cospi(angle);
        if (j + pair + 1 < columns) {
          eps[to + 1] = radius * FloatMath.sinpi(angle);
        }
      }
    }
  }
}
