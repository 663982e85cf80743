package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import gpuvae.backend.reference.Formulas;
import gpuvae.backend.reference.PrimitivesOnly;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The layers around the latent variables in one, stage by stage as {@link CompositeOperations}: the
 * backend's own version and the default over the same backend's primitives.
 */
abstract class LatentOperations extends OperationsSuite {
  private static final double KL_WEIGHT = 0.7;
  private static final int IN = 5;

  LatentOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  /** Awkward sizes, and such as a fused version may leave to the default. */
  private record Size(int rows, int hidden, int latent, int outputs) {
    static final Size[] ALL = {
      new Size(1, 1, 1, 1),
      new Size(4, 31, 15, 32),
      new Size(13, 207, 13, 207),
      new Size(127, 128, 20, 13),
      new Size(207, 32, 33, 128),
      new Size(131, 400, 20, 400),
      new Size(3, 1024, 2, 1024),
      new Size(2, 7, 128, 5),
      new Size(2, 1025, 2, 3),
      new Size(2, 3, 2, 1025),
      new Size(2, 5, 129, 7),
      new Size(1033, 5, 3, 6),
      new Size(5, 207, 128, 128)
    };
  }

  /** What a test's layers are. */
  record Kind(PosteriorHead head, Activation before, Activation after, boolean draw) {}

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind(PosteriorHead.LOG_VARIANCE, Activation.RELU, Activation.RELU, true),
        new Kind(PosteriorHead.SOFTPLUS_SIGMA, Activation.leakyRelu(0.2), Activation.SILU, false),
        new Kind(PosteriorHead.RELU_SIGMA, Activation.SILU, Activation.IDENTITY, true),
        new Kind(PosteriorHead.LOG_VARIANCE, Activation.IDENTITY, Activation.TANH, false));
  }

  private interface Check {
    void test(String version, Backend backend, Size size);
  }

  private void forBoth(Check check) {
    Backend defaults = PrimitivesOnly.over(tested);
    for (Size size : Size.ALL) {
      check.test("own", tested, size);
      release();
      check.test("default", defaults, size);
      release();
    }
  }

  /** A dense layer's pairs; pre is y unless the activation needs its input. */
  private final class Layer {
    final Activation activation;
    final Pair x;
    final Pair weight;
    final Pair bias;
    final Pair pre;
    final Pair y;
    final Pair dy;
    final Pair dWeight;
    final Pair dBias;
    final Pair dx;

    Layer(int rows, int out, Activation activation, Pair x, Pair dx) {
      this.activation = activation;
      this.x = x;
      this.dx = dx;
      int in = x.columns;
      weight = poisoned(out, in).set(inputs.normal(out * in, 0.3));
      bias = poisoned(out).set(inputs.normal(out, 1));
      y = poisoned(capacity(rows), out);
      pre = activation.needsInput() ? poisoned(capacity(rows), out) : y;
      dy = poisoned(capacity(rows), out);
      dWeight = poisoned(out, in);
      dBias = poisoned(out);
    }

    LayerPairs pairs() {
      return new LayerPairs(activation, x, weight, bias, pre, y, dy, dWeight, dBias, dx);
    }

    /** What the oracle's x makes of pre and y; the tested x is only near it. */
    void checkForward(String what, int rows, Bound ofX) {
      Tensor sums = oracle.allocate(ElementType.F32, capacity(rows), y.columns);
      oracle.denseForward(
          rows,
          LayerTensors.linear(x.exact, weight.exact, bias.exact, sums, null, null, null, null));
      double[] exactPre = oracle.doubles(sums);
      double[] from = x.expected();
      double[] xErrors = ofX.ofFirst(rows * x.columns, from);
      Bound ofPre =
          (i, expected) -> {
            double magnitude = Math.abs(bias.input(i % weight.rows));
            double error = 0;
            for (int l = 0; l < x.columns; l++) {
              int at = i / weight.rows * x.columns + l;
              double w = Math.abs(weight.input(i % weight.rows, l));
              magnitude += Math.abs(from[at]) * w;
              error += xErrors[at] * w;
            }
            return Tolerances.sum(x.columns + 1, magnitude) + 1.01 * error;
          };
      oracle.denseForward(rows, pairs().exact());
      if (pre != y) {
        pre.check(what + ", pre", rows, ofPre);
      }
      y.check(
          what + ", y",
          rows,
          (i, expected) ->
              Tolerances.activation(activation, exactPre[i], expected, ofPre.at(i, exactPre[i])));
      oracle.free(sums);
      weight.checkUntouched(what + ", weight");
      bias.checkUntouched(what + ", bias");
    }

    /** Gradients of weight and bias, from the oracle's x and dy; the tested ones are near them. */
    void checkGradients(String what, int rows, Bound ofX, Bound ofDy) {
      oracle.denseBackward(rows, pairs().sums().exact());
      double[] from = x.expected();
      double[] d = dy.expected();
      int in = x.columns;
      int out = dy.columns;
      double[] xErrors = ofX.ofFirst(rows * in, from);
      double[] dyErrors = ofDy.ofFirst(rows * out, d);
      dWeight.check(
          what + ", weight gradient",
          out,
          (i, expected) -> {
            double magnitude = 0;
            double error = 0;
            for (int r = 0; r < rows; r++) {
              int at = r * in + i % in;
              int dyAt = r * out + i / in;
              magnitude += Math.abs(d[dyAt] * from[at]);
              error += Math.abs(d[dyAt]) * xErrors[at];
              error += Math.abs(from[at]) * dyErrors[dyAt];
            }
            return Tolerances.sum(rows, magnitude) + 1.01 * error;
          });
      dBias.check(
          what + ", bias gradient",
          out,
          (column, expected) -> {
            double magnitude = 0;
            double error = 0;
            for (int r = 0; r < rows; r++) {
              int at = r * out + column;
              magnitude += Math.abs(d[at]);
              error += dyErrors[at];
            }
            return Tolerances.sum(rows, magnitude) + 1.01 * error;
          });
    }
  }

  /** The first product has no rounding, so that nobody finds it beyond a kink. */
  private final class Layers {
    final Kind kind;
    final Layer before;
    final Layer heads;
    final Layer after;
    final PosteriorPairs posterior;

    Layers(Kind kind, Size size, boolean wantsDx) {
      this.kind = kind;
      int rows = size.rows;
      Pair x = poisoned(capacity(rows), IN).set(inputs.eighths(rows * IN, 1));
      Pair dx = wantsDx ? poisoned(capacity(rows), IN) : null;
      before = new Layer(rows, size.hidden, kind.before, x, dx);
      before.weight.set(inputs.eighths(size.hidden * IN, 0.3));
      before.bias.set(inputs.eighths(size.hidden, 1));
      heads = new Layer(rows, 2 * size.latent, Activation.IDENTITY, before.y, before.dy);
      heads.weight.set(inputs.normal(2 * size.latent * size.hidden, 0.05));
      Pair z = poisoned(capacity(rows), size.latent);
      Pair dz = poisoned(capacity(rows), size.latent);
      after = new Layer(rows, size.outputs, kind.after, z, dz);
      Pair eps = poisoned(capacity(rows), size.latent);
      if (!kind.draw) {
        eps.set(inputs.normal(rows * size.latent, 1));
      }
      Pair sigma = poisoned(capacity(rows), size.latent);
      Pair kl = poisoned(capacity(rows));
      posterior = new PosteriorPairs(kind.head, heads.y, eps, sigma, z, kl, dz, heads.dy);
    }

    LatentTensors tested() {
      return new LatentTensors(
          before.pairs().tested(),
          heads.pairs().tested(),
          posterior.tested(),
          after.pairs().tested());
    }

    /** The oracle's own forward pass to the heads. */
    void encode(int rows) {
      oracle.denseForward(rows, before.pairs().exact());
    }

    /** And on from the heads that it has. */
    void sample(StatePair state, int rows) {
      oracle.reparameterise(state.exact, rows, posterior.exact(), kind.draw);
    }

    Bound ofHidden() {
      double[] pre = before.pre.expected();
      return (i, expected) -> Tolerances.activation(kind.before, pre[i], expected, 0);
    }

    Bound ofSample() {
      return ReparameteriseChecks.z(posterior);
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
  @MethodSource("kinds")
  void latentForward(Kind kind) {
    forBoth((version, backend, size) -> latentForward(version, backend, kind, size));
  }

  private void latentForward(String version, Backend backend, Kind kind, Size size) {
    String what = name("%s latentForward %s %s", version, kind, size);
    int rows = size.rows;
    StatePair state = drawingState();
    Layers layers = new Layers(kind, size, false);
    backend.latentForward(state.tested, rows, layers.tested(), kind.draw);
    layers.encode(rows);
    layers.heads.checkForward(what + ", heads", rows, layers.ofHidden());
    Pair heads = layers.heads.y;
    heads.adopt(rows);
    layers.sample(state, rows);
    ReparameteriseChecks.kl(what, rows, layers.posterior);
    layers.after.checkForward(what + ", after", rows, layers.ofSample());
    layers.before.x.checkUntouched(what + ", x");
    layers.before.weight.checkUntouched(what + ", weight before");
    layers.before.bias.checkUntouched(what + ", bias before");
    if (!kind.draw) {
      layers.posterior.eps().checkUntouched(what + ", eps");
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void latentBackward(Kind kind) {
    forBoth(
        (version, backend, size) -> {
          latentBackward(version, backend, kind, size, true);
          latentBackward(version, backend, kind, size, false);
        });
  }

  private void latentBackward(
      String version, Backend backend, Kind kind, Size size, boolean wantsDx) {
    String what = name("%s latentBackward %s %s, dx %s", version, kind, size, wantsDx);
    int rows = size.rows;
    StatePair state = drawingState();
    Layers layers = new Layers(kind, size, wantsDx);
    Layer before = layers.before;
    Layer heads = layers.heads;
    Layer after = layers.after;
    backend.latentForward(state.tested, rows, layers.tested(), kind.draw);
    for (Pair result : new Pair[] {heads.y, after.pre, after.y}) {
      result.set(result.values(rows));
    }
    after.dy.set(inputs.normal(rows * size.outputs, 1));
    backend.latentBackward(state.tested, rows, layers.tested());
    layers.encode(rows);
    layers.sample(state, rows);
    oracle.activationBackward(
        rows, after.activation, after.pre.exact, after.y.exact, after.dy.exact, null);
    Bound ofDy =
        (i, expected) ->
            Tolerances.activationBackward(
                after.activation, after.pre.input(i), after.y.input(i), after.dy.input(i));
    after.checkGradients(what + ", after", rows, layers.ofSample(), ofDy);
    checkHeads(what + ", dHeads", state, rows, layers, ofDy);
    heads.dy.adopt(rows);
    heads.checkGradients(what + ", heads", rows, layers.ofHidden(), Bound.EXACT);
    checkHidden(what + ", dh", rows, before, heads);
    CompositeOperations.linearBackward(oracle, what + ", before", rows, before.pairs());
    for (Pair input :
        new Pair[] {
          before.x,
          before.weight,
          before.bias,
          heads.weight,
          heads.y,
          after.weight,
          after.pre,
          after.y
        }) {
      input.checkUntouched(what + ", an input");
    }
    if (!kind.draw) {
      layers.posterior.eps().checkUntouched(what + ", eps");
    }
  }

  /** From the oracle's dz, which the tested one is only near, as a drawn eps is. */
  private void checkHeads(String what, StatePair state, int rows, Layers layers, Bound ofDy) {
    Layer after = layers.after;
    Pair both = layers.heads.y;
    PosteriorHead head = layers.kind.head;
    int latent = after.x.columns;
    int outputs = after.y.columns;
    oracle.reparameteriseBackward(state.exact, rows, layers.posterior.exact());
    double[] d = after.dy.expected();
    double[] dyErrors = ofDy.ofFirst(rows * outputs, d);
    double[] dz = after.dx.expected();
    double[] noise = layers.posterior.eps().expected();
    double[] deviation = layers.posterior.sigma().expected();
    Bound own = ReparameteriseChecks.backward(layers.posterior, KL_WEIGHT);
    layers.heads.dy.check(
        what,
        rows,
        (i, expected) -> {
          int row = i / (2 * latent);
          int column = i % latent;
          double magnitude = 0;
          double error = 0;
          for (int o = 0; o < outputs; o++) {
            double w = Math.abs(after.weight.input(o, column));
            magnitude += Math.abs(d[row * outputs + o]) * w;
            error += dyErrors[row * outputs + o] * w;
          }
          error += Tolerances.sum(outputs, magnitude);
          int at = row * latent + column;
          double slope = 1;
          if (i % (2 * latent) >= latent) {
            slope =
                Math.abs(
                    Formulas.secondGradient(head, both.input(i), noise[at], deviation[at], 1, 0));
            error += Tolerances.normal(dz[at]);
          }
          return own.at(i, expected) + 1.01 * slope * error;
        });
  }

  /** dh is a product, then a gradient through an activation, in one place. */
  private void checkHidden(String what, int rows, Layer before, Layer heads) {
    int hidden = before.y.columns;
    int both = heads.y.columns;
    oracle.gemm(
        heads.dy.exact,
        false,
        heads.weight.exact,
        false,
        rows,
        hidden,
        both,
        before.dy.exact,
        false);
    double[] products = before.dy.expected();
    double[] d = heads.dy.expected();
    double[] pre = before.pre.expected();
    double[] y = before.y.expected();
    oracle.activationBackward(
        rows, before.activation, before.pre.exact, before.y.exact, before.dy.exact, null);
    before.dy.check(
        what,
        rows,
        (i, expected) -> {
          double magnitude = 0;
          for (int o = 0; o < both; o++) {
            magnitude += Math.abs(d[i / hidden * both + o] * heads.weight.input(o, i % hidden));
          }
          double slope = products[i] == 0 ? 0 : Math.abs(expected / products[i]);
          return Tolerances.sum(both, magnitude) * slope
              + Tolerances.activationBackward(before.activation, pre[i], y[i], products[i]);
        });
  }

  /** Blocks may end in any order; sums may not change with it. */
  @Test
  void theSameInputsGiveTheSameBits() {
    Kind kind = kinds().findFirst().orElseThrow();
    Size size = new Size(131, 128, 20, 127);
    Layers layers = new Layers(kind, size, false);
    StatePair state = drawingState();
    float[] dy = inputs.normal(size.rows * size.outputs, 1);
    float[][] first = null;
    for (int repeat = 0; repeat < 5; repeat++) {
      tested.latentForward(state.tested, size.rows, layers.tested(), true);
      layers.after.dy.set(dy);
      tested.latentBackward(state.tested, size.rows, layers.tested());
      float[][] now =
          Stream.of(
                  layers.before.dWeight,
                  layers.before.dBias,
                  layers.heads.dWeight,
                  layers.heads.dBias,
                  layers.after.dWeight,
                  layers.after.dBias,
                  layers.posterior.kl(),
                  layers.after.y)
              .map(pair -> pair.values(Math.min(pair.rows, size.rows)))
              .toArray(float[][]::new);
      first = first == null ? now : first;
      assertArrayEquals(first, now, name("repeat %d", repeat));
    }
  }
}
