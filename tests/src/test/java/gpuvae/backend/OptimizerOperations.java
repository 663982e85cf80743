package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A step's end: the gradient's norm, Adam, and what advances. */
abstract class OptimizerOperations extends OperationsSuite {
  private static final double RATE = 1e-3;

  OptimizerOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  /** Of some of the hundred steps the gradient is clipped, of others not. */
  private static final AdamSettings CLIPPED = new AdamSettings(0.5, 0.9, 1e-4, 0.1, false, 5);

  static Stream<AdamSettings> settings() {
    return Stream.of(
        new AdamSettings(0.9, 0.999, 1e-8, 0, false, Double.POSITIVE_INFINITY),
        new AdamSettings(0.5, 0.9, 1e-4, 0.1, false, Double.POSITIVE_INFINITY),
        new AdamSettings(0.9, 0.999, 1e-8, 0.01, true, Double.POSITIVE_INFINITY),
        CLIPPED);
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void gradientNorm(int n) {
    // Squares of 1e30 overflow a float, not a double.
    for (double scale : new double[] {1, 1e-30, 1e30}) {
      Pair gradients = poisoned(n).set(inputs.normal(n, scale));
      StatePair state = state().set(StepState.RECONSTRUCTION, 1.0);
      double magnitude = 0;
      for (double g : gradients.expected()) {
        magnitude += g * g;
      }
      tested.gradientNorm(state.tested, gradients.tested);
      oracle.gradientNorm(state.exact, gradients.exact);
      state.check(
          name("gradientNorm of %d, scale %s", n, scale),
          StepState.GRADIENT_SQUARES,
          Tolerances.doubleSum(2L * n, magnitude));
    }
  }

  @Test
  void whatIsNotFiniteIsRefused() {
    for (double bad : new double[] {Double.NaN, 1 / 0.0, -1 / 0.0}) {
      for (int n : SIZES) {
        for (int where = 0; where < 3; where++) {
          float[] gradient = inputs.normal(n, 1);
          if (where == 2) {
            gradient[inputs.below(n)] = (float) bad;
          }
          StatePair state =
              state()
                  .set(StepState.RECONSTRUCTION, where == 0 ? bad : 1.0)
                  .set(StepState.KL, where == 1 ? bad : 1.0)
                  .set(StepState.ACCEPTED, 1L);
          tested.gradientNorm(state.tested, poisoned(n).set(gradient).tested);
          assertEquals(
              0,
              state.word(StepState.ACCEPTED),
              name("%s in the %s", bad, new String[] {"loss", "KL", "gradient"}[where]));
          release();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void adam(AdamSettings settings) {
    for (int n : new int[] {1, 13, 127, 128, 207, LONG, 100_003}) {
      for (int steps : new int[] {0, 1, 1000}) {
        adam(settings, n, steps);
        release();
      }
    }
  }

  private void adam(AdamSettings settings, int n, int stepsBefore) {
    String what = name("adam of %d, step %d, %s", n, stepsBefore + 1, settings);
    double power1 = Math.pow(settings.beta1(), stepsBefore);
    double power2 = Math.pow(settings.beta2(), stepsBefore);
    StatePair state =
        optimizerState(stepsBefore, power1, power2).set(StepState.GRADIENT_SQUARES, 64.0);
    double clip = settings.equals(CLIPPED) ? 5.0 / 8 : 1;
    Pair p = poisoned(n).set(inputs.wild(n, 0.1, 30));
    Pair g = poisoned(n).set(inputs.wild(n, 0.1, 1e4f));
    Pair m = poisoned(n).set(inputs.wild(n, 0.1, 30));
    float[] squares = inputs.wild(n, 0.1, 30);
    for (int i = 0; i < n; i++) {
      squares[i] = Math.abs(squares[i]);
    }
    Pair v = poisoned(n).set(squares);
    AdamPairs t = new AdamPairs(p, g, m, v);
    tested.adam(state.tested, settings, t.tested());
    oracle.adam(state.exact, settings, t.exact());
    double[] parameters = p.expected();
    double[] seconds = v.expected();
    Tolerances.Adam[] bounds = new Tolerances.Adam[n];
    for (int i = 0; i < n; i++) {
      double shrink = settings.decoupled() ? RATE * settings.weightDecay() : 0;
      double added = settings.decoupled() ? 0 : settings.weightDecay() * Math.abs(p.input(i));
      bounds[i] =
          Tolerances.Adam.of(
              settings,
              p.input(i),
              clip * Math.abs(g.input(i)) + added,
              m.input(i),
              v.input(i),
              RATE,
              1 - power1 * settings.beta1(),
              1 - power2 * settings.beta2(),
              seconds[i],
              p.input(i) * (1 - shrink) - parameters[i]);
    }
    m.check(what + ", first moment", n, (i, expected) -> bounds[i].first());
    v.check(what + ", second moment", n, (i, expected) -> bounds[i].second());
    p.check(what + ", parameters", n, (i, expected) -> bounds[i].parameter());
    g.checkUntouched(what + ", gradients");
    state.check(what);
  }

  /**
   * Parameters that PyTorch 2.13 (float64) has after a hundred steps with these settings, clipped
   * by clip_grad_norm_.
   */
  private static double[] pyTorch(AdamSettings settings) {
    if (settings.equals(CLIPPED)) {
      return new double[] {
        -0.8854295640191102,
        -0.4779132433367734,
        -0.005587769253860111,
        0.4975029308995482,
        0.9842028869378171
      };
    }
    if (settings.weightDecay() == 0) {
      return new double[] {
        -1.0511379402777212,
        -0.523582960744359,
        0.02063152823377718,
        0.5535550942813713,
        1.0284779607589487
      };
    }
    return settings.decoupled()
        ? new double[] {
          -1.0406757639239552,
          -0.5183653808421994,
          0.02043292365340243,
          0.548045747572805,
          1.0182364862043383
        }
        : new double[] {
          -0.8965683146641271,
          -0.48107972227192053,
          -0.002296581189000989,
          0.5006519451792761,
          0.987530316594611
        };
  }

  @ParameterizedTest
  @MethodSource("settings")
  void hundredStepsOfPyTorch(AdamSettings settings) {
    double rate = 0.01;
    StatePair state = optimizerState(0, 1, 1).set(StepState.LEARNING_RATE, rate);
    state.set(StepState.RECONSTRUCTION, 1.0);
    Pair p = poisoned(5).set(-1, -0.5f, 0, 0.5f, 1);
    Pair g = poisoned(5);
    Pair m = poisoned(5).set(new float[5]);
    Pair v = poisoned(5).set(new float[5]);
    AdamPairs t = new AdamPairs(p, g, m, v);
    for (int step = 1; step <= 100; step++) {
      float[] gradient = new float[5];
      for (int i = 0; i < 5; i++) {
        gradient[i] = (float) (Math.sin(0.7 * step + i) * (i + 1));
      }
      g.set(gradient);
      tested.optimizerStep(state.tested, settings, 13, t.tested());
      oracle.optimizerStep(state.exact, settings, 13, t.exact());
    }
    String what = name("100 steps of %s", settings);
    assertArrayEquals(pyTorch(settings), p.expected(), 1e-13, what);
    state.check(what, StepState.GRADIENT_SQUARES, 1e-12);
    // Each step rounds p, and an update of at most some times the rate.
    p.check(what, 5, (i, expected) -> 100 * Tolerances.U * (3 * Math.abs(expected) + 64 * rate));
  }

  private StatePair optimizerState(long step, double power1, double power2) {
    return state()
        .set(StepState.ACCEPTED, 1L)
        .set(StepState.STEP, step)
        .set(StepState.BETA1_POWER, power1)
        .set(StepState.BETA2_POWER, power2)
        .set(StepState.LEARNING_RATE, RATE);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void aRefusedStepChangesNothingButItsNumber(AdamSettings settings) {
    for (double bad : new double[] {Double.NaN, 1 / 0.0}) {
      for (boolean inLoss : new boolean[] {true, false}) {
        refused(settings, bad, inLoss);
        release();
      }
    }
  }

  private void refused(AdamSettings settings, double bad, boolean inLoss) {
    String what = name("optimizerStep with %s in the %s", bad, inLoss ? "loss" : "gradient");
    int n = 207;
    StatePair state =
        optimizerState(5, 0.59, 0.995)
            .set(StepState.ATTEMPT, 7L)
            .set(StepState.POSITION, 100L)
            .set(StepState.TOTAL_RECONSTRUCTION, 3.5)
            .set(StepState.TOTAL_ROWS, 40L)
            .set(StepState.REFUSED_IN_A_ROW, 1L)
            .set(StepState.RECONSTRUCTION, inLoss ? bad : 12.5);
    float[] gradient = inputs.normal(n, 1);
    if (!inLoss) {
      gradient[inputs.below(n)] = (float) bad;
    }
    Pair g = poisoned(n).set(gradient);
    Pair p = poisoned(n).set(inputs.normal(n, 1));
    Pair m = poisoned(n).set(inputs.normal(n, 1));
    Pair v = poisoned(n).set(inputs.probabilities(n));
    AdamPairs t = new AdamPairs(p, g, m, v);
    tested.optimizerStep(state.tested, settings, 13, t.tested());
    oracle.optimizerStep(state.exact, settings, 13, t.exact());
    for (Pair pair : new Pair[] {p, g, m, v}) {
      pair.checkUntouched(what);
    }
    state.check(what, StepState.GRADIENT_SQUARES, 1e-12 * n);
    assertEquals(8, state.word(StepState.ATTEMPT), what);
    assertEquals(113, state.word(StepState.POSITION), what);
    assertEquals(5, state.word(StepState.STEP), what);
    assertEquals(0.59, state.number(StepState.BETA1_POWER), what);
    assertEquals(3.5, state.number(StepState.TOTAL_RECONSTRUCTION), what);
    assertEquals(40, state.word(StepState.TOTAL_ROWS), what);
    assertEquals(1, state.word(StepState.TOTAL_REFUSED), what);
    assertEquals(2, state.word(StepState.REFUSED_IN_A_ROW), what);
    double[] slot =
        Arrays.copyOfRange(state.ring(), 7 * StepState.RING_FIELDS, 8 * StepState.RING_FIELDS);
    assertEquals(7, slot[0], what);
    assertEquals(0, slot[5], what);
    assertEquals(40, slot[8], what);
    assertEquals(2, slot[10], what);
  }

  /** Accepted and refused steps in turn, past the end of the ring. */
  @Test
  void advance() {
    AdamSettings settings = new AdamSettings(0.9, 0.999, 1e-8, 0, false, Double.POSITIVE_INFINITY);
    StatePair state = optimizerState(0, 1, 1);
    state.set(StepState.ATTEMPT, StepState.RING_SLOTS * 5L - 3);
    for (int step = 0; step < 8; step++) {
      state
          .set(StepState.RECONSTRUCTION, inputs.normal(1, 100)[0])
          .set(StepState.KL, inputs.normal(1, 100)[0])
          .set(StepState.GRADIENT_SQUARES, inputs.normal(1, 100)[0])
          .set(StepState.ACCEPTED, step % 3 == 2 ? 0L : 1L);
      int rows = 1 + inputs.below(207);
      tested.advance(state.tested, settings, rows);
      oracle.advance(state.exact, settings, rows);
      state.check(name("advance %d", step));
      state.checkRing(name("advance %d", step));
    }
    assertEquals(6, state.word(StepState.STEP));
    assertEquals(2, state.word(StepState.TOTAL_REFUSED));
    assertEquals(StepState.RING_SLOTS * 5L, state.ring()[0]);
  }
}
