package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.reference.Formulas;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Free bits, and what the importance-weighted bound is made of. */
abstract class ObjectiveOperationsSuite extends OperationsSuite {
  private static final double KL_WEIGHT = 0.7;

  ObjectiveOperationsSuite(Supplier<Backend> supplier) {
    super(supplier);
  }

  private float[] deviations(PosteriorHead head, Pair heads, int rows, int latent) {
    float[] sigma = new float[rows * latent];
    for (int i = 0; i < sigma.length; i++) {
      double second = heads.input(i / latent, latent + i % latent);
      sigma[i] = (float) Formulas.sigma(head, second);
    }
    return sigma;
  }

  @ParameterizedTest
  @EnumSource
  void freeBits(PosteriorHead head) {
    forSizes((rows, latent) -> freeBits(head, rows, latent));
  }

  private void freeBits(PosteriorHead head, int rows, int latent) {
    Pair heads = poisoned(capacity(rows), 2 * latent).set(inputs.normal(rows * 2 * latent, 1));
    Pair eps = poisoned(capacity(rows), latent).set(inputs.normal(rows * latent, 1));
    Pair sigma = poisoned(capacity(rows), latent).set(deviations(head, heads, rows, latent));
    Pair dz = poisoned(capacity(rows), latent).set(inputs.normal(rows * latent, 1));
    double[] means = new double[latent];
    for (int i = 0; i < rows * latent; i++) {
      int row = i / latent;
      int c = i % latent;
      means[c] += Formulas.kl(head, heads.input(row, c), heads.input(row, latent + c)) / rows;
    }
    for (double nats : new double[] {0, between(means), 1e30}) {
      float[] before = inputs.normal(rows * 2 * latent, 1);
      Pair dHeads = poisoned(capacity(rows), 2 * latent).set(before);
      PosteriorPairs t = new PosteriorPairs(head, heads, eps, sigma, null, null, dz, dHeads);
      tested.objectives().freeBits(rows, nats, t.tested());
      oracle.objectives().freeBits(rows, nats, t.exact());
      Bound bound = ReparameteriseChecks.backward(t, 0);
      dHeads.check(
          name("freeBits %s [%d, %d], %s nats", head, rows, latent, nats),
          rows,
          (i, expected) -> means[i % latent] > nats ? 0 : bound.at(i, expected));
    }
    for (Pair input : new Pair[] {heads, eps, sigma, dz}) {
      input.checkUntouched(name("freeBits, an input"));
    }
  }

  /** In the widest gap: no mean is within rounding of it. */
  private static double between(double[] means) {
    double[] sorted = Arrays.copyOf(means, means.length + 1);
    Arrays.sort(sorted);
    double middle = sorted[1] / 2;
    double widest = 0;
    for (int i = 1; i < sorted.length; i++) {
      double gap = sorted[i] - sorted[i - 1];
      if (gap > widest) {
        widest = gap;
        middle = (sorted[i] + sorted[i - 1]) / 2;
      }
    }
    return middle;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 50})
  void repeatRows(int samples) {
    for (int rows : new int[] {1, 13, 127}) {
      for (int columns : new int[] {1, 13, 128, 207}) {
        Pair source = poisoned(capacity(rows), columns).set(inputs.normal(rows * columns, 1));
        Pair destination = poisoned(capacity(rows) * samples, columns);
        tested.objectives().repeatRows(rows, samples, source.tested, destination.tested);
        oracle.objectives().repeatRows(rows, samples, source.exact, destination.exact);
        destination.check(
            name("repeatRows [%d, %d] x %d", rows, columns, samples),
            rows * samples,
            (i, expected) -> 0);
        source.checkUntouched(name("repeatRows, source"));
        release();
      }
    }
  }

  @Test
  void scaleRows() {
    forSizes(
        (rows, columns) -> {
          Pair factors = poisoned(capacity(rows)).set(inputs.normal(rows, 1));
          Pair x = poisoned(capacity(rows), columns).set(inputs.wild(rows * columns, 1, 30));
          tested.objectives().scaleRows(rows, factors.tested, x.tested);
          oracle.objectives().scaleRows(rows, factors.exact, x.exact);
          x.check(
              name("scaleRows [%d, %d]", rows, columns),
              rows,
              (i, expected) -> Tolerances.U * Math.abs(expected) + Tolerances.TINY);
          factors.checkUntouched(name("scaleRows, factors"));
        });
  }

  /** What a bound is made of: consistent heads, noise and samples, any KL and gradient of z. */
  private PosteriorPairs samples(PosteriorHead head, int rows, int latent) {
    Pair heads = poisoned(capacity(rows), 2 * latent).set(inputs.normal(rows * 2 * latent, 1));
    Pair eps = poisoned(capacity(rows), latent).set(inputs.normal(rows * latent, 1));
    float[] deviations = deviations(head, heads, rows, latent);
    Pair sigma = poisoned(capacity(rows), latent).set(deviations);
    float[] samples = new float[rows * latent];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (heads.input(i / latent, i % latent) + deviations[i] * eps.input(i));
    }
    Pair z = poisoned(capacity(rows), latent).set(samples);
    Pair kl = poisoned(capacity(rows)).set(inputs.probabilities(rows));
    Pair dz = poisoned(capacity(rows), latent).set(inputs.normal(rows * latent, 1));
    Pair dHeads = poisoned(capacity(rows), 2 * latent);
    return new PosteriorPairs(head, heads, eps, sigma, z, kl, dz, dHeads);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 33, 64})
  void importanceWeights(int samples) {
    for (int rows : new int[] {1, 13, 65}) {
      for (int latent : new int[] {1, 2, 20, 207}) {
        importanceWeights(rows, samples, latent);
        release();
      }
    }
  }

  private void importanceWeights(int rows, int samples, int latent) {
    String what = name("importanceWeights [%d x %d, %d]", rows, samples, latent);
    int all = rows * samples;
    StatePair state = state().set(StepState.KL_WEIGHT, KL_WEIGHT);
    PosteriorPairs s = samples(PosteriorHead.LOG_VARIANCE, all, latent);
    float[] nats = inputs.normal(all, 3);
    for (int i = 0; i < all; i++) {
      nats[i] += 100;
    }
    Pair reconstruction = poisoned(capacity(all)).set(nats);
    Pair weights = poisoned(capacity(all));
    Pair losses = poisoned(capacity(rows));
    Pair divergences = poisoned(capacity(rows));
    tested
        .objectives()
        .importanceWeights(
            state.tested,
            rows,
            samples,
            reconstruction.tested,
            s.tested(),
            weights.tested,
            losses.tested,
            divergences.tested);
    oracle
        .objectives()
        .importanceWeights(
            state.exact,
            rows,
            samples,
            reconstruction.exact,
            s.exact(),
            weights.exact,
            losses.exact,
            divergences.exact);
    double[] magnitudes = new double[all];
    for (int i = 0; i < all * latent; i++) {
      magnitudes[i / latent] += KL_WEIGHT * Math.abs(Math.log(s.sigma().input(i)));
    }
    double greatest = Arrays.stream(magnitudes).max().orElseThrow();
    weights.check(
        what + ", weights",
        all,
        (i, expected) -> Tolerances.importanceWeight(expected, greatest, 3 * 8 + latent));
    losses.check(
        what + ", losses",
        rows,
        (i, expected) -> Tolerances.importanceLoss(expected, greatest, samples));
    divergences.check(what + ", divergences", rows, (i, expected) -> 0);
    float[] sums = new float[rows];
    for (int i = 0; i < all; i++) {
      sums[i / samples] += weights.values(all)[i];
    }
    for (float sum : sums) {
      assertEquals(1, sum, 1e-5, what);
    }
    state.check(what);
  }

  /** With one sample and KL weight 1 the loss is ln q(z|x) - ln p(x, z), the KL taken out. */
  @Test
  void oneSampleIsTheEvidenceLowerBound() {
    int rows = 13;
    int latent = 20;
    StatePair state = state().set(StepState.KL_WEIGHT, 1.0);
    PosteriorPairs s = samples(PosteriorHead.LOG_VARIANCE, rows, latent);
    Pair reconstruction = poisoned(capacity(rows)).set(inputs.probabilities(rows));
    Pair weights = poisoned(capacity(rows));
    Pair losses = poisoned(capacity(rows));
    Pair divergences = poisoned(capacity(rows));
    tested
        .objectives()
        .importanceWeights(
            state.tested,
            rows,
            1,
            reconstruction.tested,
            s.tested(),
            weights.tested,
            losses.tested,
            divergences.tested);
    for (int r = 0; r < rows; r++) {
      double difference = 0;
      for (int c = 0; c < latent; c++) {
        double mu = s.heads().input(r, c);
        double sigma = s.sigma().input(r, c);
        double z = s.z().input(r, c);
        double logQ = -0.5 * Math.pow((z - mu) / sigma, 2) - Math.log(sigma);
        difference += logQ + 0.5 * z * z;
      }
      double expected = reconstruction.input(r) + difference - s.kl().input(r);
      assertEquals(1, weights.values(rows)[r]);
      assertEquals(expected, losses.values(rows)[r], 2e-5, name("row %d", r));
    }
  }

  @Test
  void notANumberIsNotLost() {
    for (int bad = 0; bad < 3; bad++) {
      StatePair state = state().set(StepState.KL_WEIGHT, 1.0);
      PosteriorPairs s = samples(PosteriorHead.LOG_VARIANCE, 3, 2);
      float[] nats = {1, 2, 3};
      nats[bad] = Float.NaN;
      Pair losses = poisoned(1).set(0);
      tested
          .objectives()
          .importanceWeights(
              state.tested,
              1,
              3,
              poisoned(3).set(nats).tested,
              s.tested(),
              poisoned(3).tested,
              losses.tested,
              poisoned(1).tested);
      assertTrue(Float.isNaN(losses.values(1)[0]), name("sample %d", bad));
      release();
    }
  }

  @ParameterizedTest
  @EnumSource
  void importanceBackward(PosteriorHead head) {
    forSizes(
        (rows, latent) -> {
          String what = name("importanceBackward %s [%d, %d]", head, rows, latent);
          StatePair state = state().set(StepState.KL_WEIGHT, KL_WEIGHT);
          PosteriorPairs s = samples(head, rows, latent);
          Pair weights = poisoned(capacity(rows)).set(inputs.probabilities(rows));
          tested.objectives().importanceBackward(state.tested, rows, s.tested(), weights.tested);
          oracle.objectives().importanceBackward(state.exact, rows, s.exact(), weights.exact);
          s.dHeads()
              .check(
                  what,
                  rows,
                  (i, expected) -> {
                    int row = i / (2 * latent);
                    int c = i % (2 * latent) % latent;
                    double weight = KL_WEIGHT * weights.input(row);
                    double d =
                        Math.abs(s.dz().input(row, c)) + weight * Math.abs(s.z().input(row, c));
                    return i % (2 * latent) < latent
                        ? Tolerances.muGradient(d, 0)
                        : Tolerances.importanceGradient(
                            head,
                            s.heads().input(row, latent + c),
                            d * Math.abs(s.eps().input(row, c)),
                            s.sigma().input(row, c),
                            weight);
                  });
          for (Pair input : new Pair[] {s.heads(), s.eps(), s.sigma(), s.z(), weights, s.dz()}) {
            input.checkUntouched(what + ", an input");
          }
          state.check(what);
        });
  }
}
