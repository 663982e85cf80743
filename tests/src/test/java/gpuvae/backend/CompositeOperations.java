package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import gpuvae.backend.reference.DoubleBackend;
import gpuvae.backend.reference.PrimitivesOnly;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Composites, stage by stage: each tensor that one leaves is held to the oracle's stage on what the
 * stage before really left. The backend's own version, perhaps fused, and the default version over
 * the same backend's primitives are held to the same bounds, so they agree within twice these.
 */
abstract class CompositeOperations extends OperationsSuite {
  private static final int[] ROWS = {1, 13, 207};
  private static final int[] IN = {1, 207};
  private static final int[] OUT = {13, 128};
  private static final double KL_WEIGHT = 0.7;

  CompositeOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  /** A test of one size, by the backend's own composites and by the defaults. */
  private interface Composite {
    void test(String version, Backend backend, int rows, int in, int out);
  }

  private void forBoth(Composite test) {
    Backend defaults = PrimitivesOnly.over(tested);
    for (int rows : ROWS) {
      for (int in : IN) {
        for (int out : OUT) {
          test.test("own", tested, rows, in, out);
          release();
          test.test("default", defaults, rows, in, out);
          release();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void denseForward(Activation activation) {
    forBoth(
        (version, backend, rows, in, out) ->
            denseForward(version, backend, activation, rows, in, out, false));
    if (!activation.needsInput()) {
      forBoth(
          (version, backend, rows, in, out) ->
              denseForward(version, backend, activation, rows, in, out, true));
    }
  }

  private void denseForward(
      String version,
      Backend backend,
      Activation activation,
      int rows,
      int in,
      int out,
      boolean inPlace) {
    String what =
        name(
            "%s denseForward %s [%d, %d] to %d%s",
            version, activation, rows, in, out, inPlace ? " in place" : "");
    Pair x = poisoned(capacity(rows), in).set(inputs.wild(rows * in, 1, 2));
    Pair weight = poisoned(out, in).set(inputs.normal(out * in, 0.3));
    Pair bias = poisoned(out).set(inputs.normal(out, 1));
    Pair pre = poisoned(capacity(rows), out);
    Pair y = inPlace ? pre : poisoned(capacity(rows), out);
    Tensor sums = oracle.allocate(ElementType.F32, capacity(rows), out);
    oracle.denseForward(
        rows, LayerTensors.linear(x.exact, weight.exact, bias.exact, sums, null, null, null, null));
    double[] exactPre = oracle.doubles(sums);
    Bound ofPre = affine(x, weight, bias);
    LayerPairs t = new LayerPairs(activation, x, weight, bias, pre, y, null, null, null, null);
    backend.denseForward(rows, t.tested());
    oracle.denseForward(rows, t.exact());
    if (!inPlace) {
      pre.check(what + ", pre", rows, ofPre);
    }
    y.check(
        what + ", y",
        rows,
        (i, expected) ->
            Tolerances.activation(activation, exactPre[i], expected, ofPre.at(i, exactPre[i])));
    x.checkUntouched(what + ", x");
    weight.checkUntouched(what + ", weight");
    bias.checkUntouched(what + ", bias");
  }

  /** x W^T + b: a sum of in + 1 terms. */
  static Bound affine(Pair x, Pair weight, Pair bias) {
    return (i, expected) -> {
      int row = i / weight.rows;
      int column = i % weight.rows;
      double magnitude = Math.abs(bias.input(column));
      for (int l = 0; l < x.columns; l++) {
        magnitude += Math.abs(x.input(row, l) * weight.input(column, l));
      }
      return Tolerances.sum(x.columns + 1, magnitude);
    };
  }

  @ParameterizedTest
  @MethodSource("activations")
  void denseBackward(Activation activation) {
    forBoth(
        (version, backend, rows, in, out) -> {
          denseBackward(version, backend, activation, rows, in, out, true);
          denseBackward(version, backend, activation, rows, in, out, false);
        });
  }

  private void denseBackward(
      String version,
      Backend backend,
      Activation activation,
      int rows,
      int in,
      int out,
      boolean wantsDx) {
    String what =
        name(
            "%s denseBackward %s [%d, %d] to %d%s",
            version, activation, rows, in, out, wantsDx ? "" : " no dx");
    Pair x = poisoned(capacity(rows), in).set(inputs.wild(rows * in, 1, 2));
    Pair weight = poisoned(out, in).set(inputs.normal(out * in, 0.3));
    Pair pre = poisoned(capacity(rows), out).set(inputs.normal(rows * out, 2));
    Pair y = poisoned(capacity(rows), out);
    oracle.biasActivation(rows, pre.exact, null, activation, y.exact);
    float[] outputs = new float[rows * out];
    oracle.read(y.exact, outputs, 0, outputs.length);
    y.set(outputs);
    Pair dy = poisoned(capacity(rows), out).set(inputs.normal(rows * out, 1));
    Pair dWeight = poisoned(out, in);
    Pair dBias = poisoned(out);
    Pair dx = wantsDx ? poisoned(capacity(rows), in) : null;
    LayerPairs t = new LayerPairs(activation, x, weight, null, pre, y, dy, dWeight, dBias, dx);
    backend.denseBackward(rows, t.tested());
    oracle.activationBackward(rows, activation, pre.exact, y.exact, dy.exact, null);
    dy.check(
        what + ", dy",
        rows,
        (i, expected) ->
            Tolerances.activationBackward(activation, pre.input(i), y.input(i), dy.input(i)));
    linearBackward(oracle, what, rows, t);
    for (Pair input : new Pair[] {x, weight, pre, y}) {
      input.checkUntouched(what + ", an input");
    }
  }

  /** A last layer's: the loss has put dy over y. */
  @Test
  void denseBackwardOverItsOutput() {
    forBoth(
        (version, backend, rows, in, out) -> {
          String what = name("%s denseBackward over y [%d, %d] to %d", version, rows, in, out);
          Pair x = poisoned(capacity(rows), in).set(inputs.normal(rows * in, 1));
          Pair weight = poisoned(out, in).set(inputs.normal(out * in, 0.3));
          Pair dy = poisoned(capacity(rows), out).set(inputs.normal(rows * out, 1));
          Pair dWeight = poisoned(out, in);
          Pair dBias = poisoned(out);
          Pair dx = poisoned(capacity(rows), in);
          LayerPairs t = LayerPairs.linear(x, weight, null, dy, dy, dWeight, dBias, dx);
          backend.denseBackward(rows, t.tested());
          dy.checkUntouched(what + ", dy");
          linearBackward(oracle, what, rows, t);
        });
  }

  /** Workers may finish in any order; sums may not change with it. */
  @Test
  void theSameInputsGiveTheSameBits() {
    int rows = 207;
    int in = 128;
    int out = 127;
    Pair x = poisoned(rows, in).set(inputs.normal(rows * in, 1));
    Pair weight = poisoned(out, in).set(inputs.normal(out * in, 0.3));
    float[] gradient = inputs.normal(rows * out, 1);
    Pair dy = poisoned(rows, out);
    Pair[] results = {poisoned(out, in), poisoned(out), poisoned(rows, in)};
    LayerPairs t = LayerPairs.linear(x, weight, null, dy, dy, results[0], results[1], results[2]);
    float[][] first = null;
    for (int repeat = 0; repeat < 20; repeat++) {
      dy.set(gradient);
      tested.denseBackward(rows, t.tested());
      float[][] now = {results[0].values(out), results[1].values(out), results[2].values(rows)};
      first = first == null ? now : first;
      assertArrayEquals(first, now, name("denseBackward, repeat %d", repeat));
    }
  }

  /** The norm is a sum of doubles in any order: the rest has the same bits in both versions. */
  @Test
  void optimizerStep() {
    AdamSettings settings = new AdamSettings(0.9, 0.999, 1e-8, 0.01, true, 0.7);
    for (int n : new int[] {1, 13, 127, 128, 207, LONG, 100_003}) {
      float[] p = inputs.normal(n, 1);
      float[] g = inputs.normal(n, 1);
      float[] m = inputs.normal(n, 0.1);
      float[] v = inputs.probabilities(n);
      float[][] results = new float[2][];
      for (int version = 0; version < 2; version++) {
        String what = name("%s optimizerStep of %d", version == 0 ? "own" : "default", n);
        Backend backend = version == 0 ? tested : PrimitivesOnly.over(tested);
        StatePair state =
            state()
                .set(StepState.BETA1_POWER, 0.81)
                .set(StepState.BETA2_POWER, 0.998001)
                .set(StepState.STEP, 2L)
                .set(StepState.LEARNING_RATE, 1e-3)
                .set(StepState.RECONSTRUCTION, 100.0);
        AdamPairs t =
            new AdamPairs(
                poisoned(n).set(p), poisoned(n).set(g), poisoned(n).set(m), poisoned(n).set(v));
        backend.optimizerStep(state.tested, settings, 13, t.tested());
        oracle.optimizerStep(state.exact, settings, 13, t.exact());
        state.check(
            what,
            StepState.GRADIENT_SQUARES,
            Tolerances.doubleSum(2L * n, 2 * state.number(StepState.GRADIENT_SQUARES)));
        t.gradients().checkUntouched(what + ", gradients");
        results[version] = t.parameters().values(n);
        release();
      }
      assertArrayEquals(results[0], results[1], name("optimizerStep of %d, own and default", n));
    }
  }

  /** Products and column sums of the dy that the backend left. */
  static void linearBackward(DoubleBackend oracle, String what, int rows, LayerPairs t) {
    Pair x = t.x();
    Pair weight = t.weight();
    Pair dy = t.dy();
    Pair dx = t.dx();
    dy.adopt(rows);
    oracle.denseBackward(rows, t.sums().exact());
    double[] d = dy.expected();
    int in = x.columns;
    int out = dy.columns;
    t.weightGradient()
        .check(
            what + ", weight gradient",
            out,
            (i, expected) -> {
              double magnitude = 0;
              for (int r = 0; r < rows; r++) {
                magnitude += Math.abs(d[r * out + i / in] * x.input(r, i % in));
              }
              return Tolerances.sum(rows, magnitude);
            });
    t.biasGradient()
        .check(
            what + ", bias gradient",
            out,
            (column, expected) -> {
              double magnitude = 0;
              for (int r = 0; r < rows; r++) {
                magnitude += Math.abs(d[r * out + column]);
              }
              return Tolerances.sum(rows, magnitude);
            });
    if (dx != null) {
      dx.check(
          what + ", dx",
          rows,
          (i, expected) -> {
            double magnitude = 0;
            for (int o = 0; o < out; o++) {
              magnitude += Math.abs(d[i / in * out + o] * weight.input(o, i % in));
            }
            return Tolerances.sum(out, magnitude);
          });
    }
  }

  private StatePair drawingState() {
    return state()
        .set(StepState.SEED, inputs.word())
        .set(StepState.ATTEMPT, 12L)
        .set(StepState.ROW_BASE, 3L)
        .set(StepState.KL_WEIGHT, KL_WEIGHT);
  }

  @ParameterizedTest
  @EnumSource
  void bottleneckForward(PosteriorHead head) {
    forBoth(
        (version, backend, rows, hidden, latent) -> {
          bottleneckForward(version, backend, head, rows, hidden, latent, true);
          bottleneckForward(version, backend, head, rows, hidden, latent, false);
        });
  }

  private void bottleneckForward(
      String version,
      Backend backend,
      PosteriorHead head,
      int rows,
      int hidden,
      int latent,
      boolean draw) {
    String what =
        name(
            "%s bottleneckForward %s [%d, %d] to %d%s",
            version, head, rows, hidden, latent, draw ? " drawing" : "");
    StatePair state = drawingState();
    Pair h = poisoned(capacity(rows), hidden).set(inputs.normal(rows * hidden, 1));
    Pair weight = poisoned(2 * latent, hidden).set(inputs.normal(2 * latent * hidden, 0.1));
    Pair bias = poisoned(2 * latent).set(inputs.normal(2 * latent, 0.5));
    Pair heads = poisoned(capacity(rows), 2 * latent);
    Pair eps = poisoned(capacity(rows), latent);
    if (!draw) {
      eps.set(inputs.normal(rows * latent, 1));
    }
    Pair sigma = poisoned(capacity(rows), latent);
    Pair z = poisoned(capacity(rows), latent);
    Pair kl = poisoned(capacity(rows));
    LayerPairs layer = LayerPairs.linear(h, weight, bias, heads, null, null, null, null);
    PosteriorPairs t = new PosteriorPairs(head, heads, eps, sigma, z, kl, null, null);
    backend.bottleneckForward(state.tested, rows, layer.tested(), t.tested(), draw);
    oracle.denseForward(rows, layer.exact());
    heads.check(what + ", heads", rows, affine(h, weight, bias));
    heads.adopt(rows);
    oracle.reparameterise(state.exact, rows, t.exact(), draw);
    ReparameteriseChecks.forward(what, rows, t, draw);
  }

  @ParameterizedTest
  @EnumSource
  void bottleneckBackward(PosteriorHead head) {
    forBoth(
        (version, backend, rows, hidden, latent) -> {
          bottleneckBackward(version, backend, head, rows, hidden, latent, true);
          bottleneckBackward(version, backend, head, rows, hidden, latent, false);
        });
  }

  private void bottleneckBackward(
      String version,
      Backend backend,
      PosteriorHead head,
      int rows,
      int hidden,
      int latent,
      boolean wantsDh) {
    String what =
        name(
            "%s bottleneckBackward %s [%d, %d] to %d%s",
            version, head, rows, hidden, latent, wantsDh ? "" : " no dh");
    StatePair state = drawingState();
    Pair h = poisoned(capacity(rows), hidden).set(inputs.normal(rows * hidden, 1));
    Pair weight = poisoned(2 * latent, hidden).set(inputs.normal(2 * latent * hidden, 0.1));
    Pair heads = poisoned(capacity(rows), 2 * latent).set(inputs.normal(rows * 2 * latent, 1));
    Pair eps = poisoned(capacity(rows), latent).set(inputs.normal(rows * latent, 1));
    Pair sigma = poisoned(capacity(rows), latent);
    Pair unused = poisoned(capacity(rows), latent);
    Pair dz = poisoned(capacity(rows), latent).set(inputs.normal(rows * latent, 1));
    Pair dHeads = poisoned(capacity(rows), 2 * latent);
    PosteriorPairs t = new PosteriorPairs(head, heads, eps, sigma, unused, unused, dz, dHeads);
    oracle.reparameterise(state.exact, rows, t.exact(), false);
    float[] deviations = new float[rows * latent];
    oracle.read(sigma.exact, deviations, 0, deviations.length);
    sigma.set(deviations);
    Pair dWeight = poisoned(2 * latent, hidden);
    Pair dBias = poisoned(2 * latent);
    Pair dh = wantsDh ? poisoned(capacity(rows), hidden) : null;
    LayerPairs layer = LayerPairs.linear(h, weight, null, heads, dHeads, dWeight, dBias, dh);
    backend.bottleneckBackward(state.tested, rows, layer.tested(), t.tested());
    oracle.reparameteriseBackward(state.exact, rows, t.exact());
    dHeads.check(what + ", dHeads", rows, ReparameteriseChecks.backward(t, KL_WEIGHT));
    linearBackward(oracle, what, rows, layer);
    for (Pair input : new Pair[] {h, weight, heads, eps, sigma, dz, unused}) {
      input.checkUntouched(what + ", an input");
    }
  }
}
