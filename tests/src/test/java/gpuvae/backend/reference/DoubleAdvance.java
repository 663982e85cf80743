package gpuvae.backend.reference;

import static gpuvae.backend.reference.DoubleMemory.number;
import static gpuvae.backend.reference.DoubleMemory.set;
import static gpuvae.backend.reference.DoubleMemory.word;

import gpuvae.backend.AdamSettings;
import gpuvae.backend.StepState;

/** The bookkeeping at a step's end. */
final class DoubleAdvance {
  private DoubleAdvance() {}

  static void advance(DoubleBackend backend, StepState state, AdamSettings settings, int rows) {
    long attempt = word(state, StepState.ATTEMPT);
    boolean accepted = word(state, StepState.ACCEPTED) != 0;
    double reconstruction = number(state, StepState.RECONSTRUCTION);
    double kl = number(state, StepState.KL);
    if (accepted) {
      add(state, StepState.TOTAL_RECONSTRUCTION, reconstruction);
      add(state, StepState.TOTAL_KL, kl);
      add(state, StepState.TOTAL_ROWS, (long) rows);
      add(state, StepState.STEP, 1L);
      double power1 = number(state, StepState.BETA1_POWER) * settings.beta1();
      double power2 = number(state, StepState.BETA2_POWER) * settings.beta2();
      set(state, StepState.BETA1_POWER, power1);
      set(state, StepState.BETA2_POWER, power2);
      set(state, StepState.REFUSED_IN_A_ROW, 0L);
    } else {
      add(state, StepState.TOTAL_REFUSED, 1L);
      add(state, StepState.REFUSED_IN_A_ROW, 1L);
    }
    long slot = attempt % StepState.RING_SLOTS;
    backend.setDoubles(
        state.ring().view(slot * StepState.RING_FIELDS, StepState.RING_FIELDS),
        attempt,
        rows,
        reconstruction,
        kl,
        number(state, StepState.GRADIENT_SQUARES),
        accepted ? 1 : 0,
        number(state, StepState.TOTAL_RECONSTRUCTION),
        number(state, StepState.TOTAL_KL),
        word(state, StepState.TOTAL_ROWS),
        word(state, StepState.TOTAL_REFUSED),
        word(state, StepState.REFUSED_IN_A_ROW));
    add(state, StepState.ATTEMPT, 1L);
    add(state, StepState.POSITION, (long) rows);
  }

  private static void add(StepState state, int word, long value) {
    set(state, word, word(state, word) + value);
  }

  private static void add(StepState state, int word, double value) {
    set(state, word, number(state, word) + value);
  }
}
