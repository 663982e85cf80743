package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.reference.Formulas;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The posterior's sample, its KL divergence and their gradient. */
abstract class ReparameteriseOperations extends OperationsSuite {
  private static final double KL_WEIGHT = 0.7;

  ReparameteriseOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  @ParameterizedTest
  @EnumSource
  void reparameterise(PosteriorHead head) {
    forSizes((rows, latent) -> forward(head, rows, latent, false, 1));
  }

  @ParameterizedTest
  @EnumSource
  void reparameteriseDrawing(PosteriorHead head) {
    forSizes((rows, latent) -> forward(head, rows, latent, true, 1));
  }

  @ParameterizedTest
  @EnumSource
  void extremeHeads(PosteriorHead head) {
    for (int rows : SIZES) {
      forward(head, rows, 13, true, 30);
      release();
    }
  }

  /** Else a step that should be refused would be accepted. */
  @ParameterizedTest
  @EnumSource
  void notANumberIsNotLost(PosteriorHead head) {
    int latent = 13;
    for (int bad : new int[] {inputs.below(latent), latent + inputs.below(latent)}) {
      float[] values = inputs.normal(2 * latent, 1);
      values[bad] = Float.NaN;
      StatePair state = noisyState();
      Pair heads = poisoned(1, 2 * latent).set(values);
      Pair eps = poisoned(1, latent).set(inputs.normal(latent, 1));
      Pair sigma = poisoned(1, latent);
      Pair z = poisoned(1, latent);
      Pair kl = poisoned(1).set(0);
      z.set(new float[latent]);
      PosteriorPairs t = new PosteriorPairs(head, heads, eps, sigma, z, kl, null, null);
      tested.reparameterise(state.tested, 1, t.tested(), false);
      assertTrue(Float.isNaN(z.values(1)[bad % latent]), name("z, head %d is NaN", bad));
      assertTrue(Float.isNaN(kl.values(1)[0]), name("kl, head %d is NaN", bad));
    }
  }

  /** State of a training step that is not the first, with all words of the counter in use. */
  private StatePair noisyState() {
    return state()
        .set(StepState.SEED, inputs.word())
        .set(StepState.ATTEMPT, inputs.word() >>> 21)
        .set(StepState.ROW_BASE, (long) inputs.below(1000))
        .set(StepState.PURPOSE, (long) Noise.EVALUATE.ordinal())
        .set(StepState.SAMPLE, (long) inputs.below(1 << 16))
        .set(StepState.KL_WEIGHT, KL_WEIGHT);
  }

  private void forward(PosteriorHead head, int rows, int latent, boolean draw, float limit) {
    String what = name("reparameterise %s [%d, %d]%s", head, rows, latent, draw ? " drawing" : "");
    StatePair state = noisyState();
    Pair heads =
        poisoned(capacity(rows), 2 * latent).set(inputs.wild(rows * 2 * latent, 1.5, limit));
    Pair eps = poisoned(capacity(rows), latent);
    if (!draw) {
      eps.set(inputs.wild(rows * latent, 1, 5));
    }
    Pair sigma = poisoned(capacity(rows), latent);
    Pair z = poisoned(capacity(rows), latent);
    Pair kl = poisoned(capacity(rows));
    PosteriorPairs t = new PosteriorPairs(head, heads, eps, sigma, z, kl, null, null);
    tested.reparameterise(state.tested, rows, t.tested(), draw);
    oracle.reparameterise(state.exact, rows, t.exact(), draw);
    ReparameteriseChecks.forward(what, rows, t, draw);
    heads.checkUntouched(what + ", heads");
    state.check(what);
  }

  @ParameterizedTest
  @EnumSource
  void reparameteriseBackward(PosteriorHead head) {
    forSizes((rows, latent) -> backward(head, rows, latent, 1));
  }

  @ParameterizedTest
  @EnumSource
  void extremeHeadsBackward(PosteriorHead head) {
    for (int rows : SIZES) {
      backward(head, rows, 13, 30);
      release();
    }
  }

  private void backward(PosteriorHead head, int rows, int latent, float limit) {
    String what = name("reparameteriseBackward %s [%d, %d]", head, rows, latent);
    StatePair state = noisyState();
    Pair heads =
        poisoned(capacity(rows), 2 * latent).set(inputs.wild(rows * 2 * latent, 1.5, limit));
    Pair eps = poisoned(capacity(rows), latent).set(inputs.wild(rows * latent, 1, 5));
    float[] deviations = new float[rows * latent];
    for (int i = 0; i < deviations.length; i++) {
      double second = heads.input(i / latent, latent + i % latent);
      deviations[i] = (float) Formulas.sigma(head, second);
    }
    Pair sigma = poisoned(capacity(rows), latent).set(deviations);
    Pair dz = poisoned(capacity(rows), latent).set(inputs.wild(rows * latent, 1, 30));
    Pair dHeads = poisoned(capacity(rows), 2 * latent);
    PosteriorPairs t = new PosteriorPairs(head, heads, eps, sigma, null, null, dz, dHeads);
    tested.reparameteriseBackward(state.tested, rows, t.tested());
    oracle.reparameteriseBackward(state.exact, rows, t.exact());
    dHeads.check(what + ", dHeads", rows, ReparameteriseChecks.backward(t, KL_WEIGHT));
    for (Pair input : new Pair[] {heads, eps, sigma, dz}) {
      input.checkUntouched(what + ", an input");
    }
    state.check(what);
  }
}
