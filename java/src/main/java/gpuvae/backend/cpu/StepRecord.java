package gpuvae.backend.cpu;

import gpuvae.backend.AdamSettings;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;

/** A step's bookkeeping in its {@link StepState}. */
final class StepRecord {
  private StepRecord() {}

  static void sumLosses(StepState state, int rows, Tensor reconstruction, Tensor kl) {
    long[] words = CpuStorage.longs(state.words());
    put(words, StepState.RECONSTRUCTION, sum(reconstruction, rows));
    put(words, StepState.KL, kl == null ? 0 : sum(kl, rows));
  }

  private static double sum(Tensor tensor, int rows) {
    float[] values = CpuStorage.floats(tensor);
    int offset = (int) tensor.offset();
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      sum += values[offset + row];
    }
    return sum;
  }

  /** Whether a step is accepted. */
  static void judge(StepState state, double gradientSquares) {
    long[] words = CpuStorage.longs(state.words());
    put(words, StepState.GRADIENT_SQUARES, gradientSquares);
    boolean finite =
        Double.isFinite(gradientSquares)
            && Double.isFinite(get(words, StepState.RECONSTRUCTION))
            && Double.isFinite(get(words, StepState.KL));
    words[StepState.ACCEPTED] = finite ? 1 : 0;
  }

  static void advance(StepState state, AdamSettings settings, int rows) {
    long[] words = CpuStorage.longs(state.words());
    boolean accepted = words[StepState.ACCEPTED] != 0;
    if (accepted) {
      add(words, StepState.TOTAL_RECONSTRUCTION, get(words, StepState.RECONSTRUCTION));
      add(words, StepState.TOTAL_KL, get(words, StepState.KL));
      words[StepState.TOTAL_ROWS] += rows;
      words[StepState.STEP]++;
      words[StepState.REFUSED_IN_A_ROW] = 0;
      put(words, StepState.BETA1_POWER, get(words, StepState.BETA1_POWER) * settings.beta1());
      put(words, StepState.BETA2_POWER, get(words, StepState.BETA2_POWER) * settings.beta2());
    } else {
      words[StepState.TOTAL_REFUSED]++;
      words[StepState.REFUSED_IN_A_ROW]++;
    }
    writeSlot(state, words, rows);
    words[StepState.ATTEMPT]++;
    words[StepState.POSITION] += rows;
  }

  private static void writeSlot(StepState state, long[] words, int rows) {
    double[] ring = (double[]) CpuStorage.array(state.ring());
    long attempt = words[StepState.ATTEMPT];
    int slot = (int) Math.floorMod(attempt, (long) StepState.RING_SLOTS);
    int at = (int) state.ring().offset() + slot * StepState.RING_FIELDS;
    ring[at] = attempt;
    ring[at + 1] = rows;
    ring[at + 2] = get(words, StepState.RECONSTRUCTION);
    ring[at + 3] = get(words, StepState.KL);
    ring[at + 4] = get(words, StepState.GRADIENT_SQUARES);
    ring[at + 5] = words[StepState.ACCEPTED];
    ring[at + 6] = get(words, StepState.TOTAL_RECONSTRUCTION);
    ring[at + 7] = get(words, StepState.TOTAL_KL);
    ring[at + 8] = words[StepState.TOTAL_ROWS];
    ring[at + 9] = words[StepState.TOTAL_REFUSED];
    ring[at + 10] = words[StepState.REFUSED_IN_A_ROW];
  }

  private static double get(long[] words, int index) {
    return Double.longBitsToDouble(words[index]);
  }

  private static void put(long[] words, int index, double value) {
    words[index] = Double.doubleToRawLongBits(value);
  }

  private static void add(long[] words, int index, double value) {
    put(words, index, get(words, index) + value);
  }
}
