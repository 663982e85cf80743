package gpuvae.backend.cpu;

import gpuvae.backend.Noise;
import gpuvae.backend.Philox;
import gpuvae.backend.StepState;
import java.util.Arrays;

/** Standard normal noise by counter: Philox, then Box and Muller (1958). */
final class Normal {
  private static final Noise[] PURPOSES = Noise.values();

  private final Kernels kernels;
  private final Scratch[] scratch;
  private long seed;
  private int rowBase;
  private int attempt;
  private int tag;

  /** One worker's: a counter gives two radii and two angles. */
  private static final class Scratch {
    private long[] counters = {};
    private float[] radius;
    private float[] angle;
    private float[] sine;

    void reserve(int n) {
      if (counters.length < n) {
        counters = new long[n];
        radius = new float[2 * n];
        angle = new float[2 * n];
        sine = new float[2 * n];
      }
    }
  }

  Normal(Kernels kernels, int workers) {
    this.kernels = kernels;
    scratch = new Scratch[workers];
    Arrays.setAll(scratch, worker -> new Scratch());
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

  /** Draws rows of the batch. */
  void rows(int from, int to, float[] eps, int offset, int columns, int worker) {
    Scratch own = scratch[worker];
    int perRow = Math.ceilDiv(columns, 4);
    int n = Math.ceilDiv((to - from) * perRow, Kernels.COUNTERS) * Kernels.COUNTERS;
    own.reserve(n);
    int counter = 0;
    for (int row = from; row < to; row++) {
      for (int group = 0; group < perRow; group++) {
        own.counters[counter++] = (long) (rowBase + row) << 32 | group;
      }
    }
    kernels.uniforms(n, own.counters, seed, attempt, tag, own.radius, own.angle);
    kernels.map(Function.RADIUS, 2 * n, own.radius, 0, own.radius, 0);
    kernels.map(Function.SINE, 2 * n, own.angle, 0, own.sine, 0);
    kernels.map(Function.COSINE, 2 * n, own.angle, 0, own.angle, 0);
    for (int row = from; row < to; row++) {
      int pair = 2 * perRow * (row - from);
      int at = offset + row * columns;
      for (int end = at + columns; at < end; at += 2, pair++) {
        eps[at] = own.radius[pair] * own.angle[pair];
        if (at + 1 < end) {
          eps[at + 1] = own.radius[pair] * own.sine[pair];
        }
      }
    }
  }
}
