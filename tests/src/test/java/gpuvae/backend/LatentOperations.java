package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

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

    LayerTensors tested() {
      return new LayerTensors(
          x.tested,
          weight.tested,
          bias.tested,
          activation,
          pre.tested,
          y.tested,
          dy.tested,
          dWeight.tested,
          dBias.tested,
          OperationsSuite.tested(dx));
    }

    /** Of the product and activation of what x holds. */
    void checkForward(String what, int rows) {
      Tensor sums = oracle.allocate(ElementType.F32, capacity(rows), y.columns);
      oracle.denseForward(rows, x.exact, weight.exact, bias.exact, Activation.IDENTITY, sums, sums);
      double[] exactPre = oracle.doubles(sums);
      double[] from = x.expected();
      Bound ofPre =
          (i, expected) -> {
            double magnitude = Math.abs(bias.input(i % weight.rows));
            for (int l = 0; l < x.columns; l++) {
              magnitude +=
                  Math.abs(
                      from[i / weight.rows * x.columns + l] * weight.input(i % weight.rows, l));
            }
            return Tolerances.sum(x.columns + 1, magnitude);
          };
      oracle.denseForward(rows, x.exact, weight.exact, bias.exact, activation, pre.exact, y.exact);
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

    /** Sets what a forward pass would have left. */
    void setOutputs(int rows) {
      float[] values = inputs.normal(rows * y.columns, 2);
      pre.set(values);
      oracle.biasActivation(rows, pre.exact, null, activation, y.exact);
      float[] outputs = new float[values.length];
      oracle.read(y.exact, outputs, 0, outputs.length);
      y.set(outputs);
    }
  }

  private final class Layers {
    final Layer before;
    final Layer heads;
    final Layer after;
    final Pair eps;
    final Pair sigma;
    final Pair kl;
    final PosteriorHead head;

    Layers(Kind kind, Size size, boolean wantsDx) {
      int rows = size.rows;
      head = kind.head;
      Pair x = poisoned(capacity(rows), IN).set(inputs.normal(rows * IN, 1));
      Pair dx = wantsDx ? poisoned(capacity(rows), IN) : null;
      before = new Layer(rows, size.hidden, kind.before, x, dx);
      heads = new Layer(rows, 2 * size.latent, Activation.IDENTITY, before.y, before.dy);
      heads.weight.set(inputs.normal(2 * size.latent * size.hidden, 0.05));
      Pair z = poisoned(capacity(rows), size.latent);
      Pair dz = poisoned(capacity(rows), size.latent);
      after = new Layer(rows, size.outputs, kind.after, z, dz);
      eps = poisoned(capacity(rows), size.latent);
      sigma = poisoned(capacity(rows), size.latent);
      kl = poisoned(capacity(rows));
    }

    LatentTensors tested() {
      return new LatentTensors(
          before.tested(),
          heads.tested(),
          head,
          eps.tested,
          sigma.tested,
          kl.tested,
          after.tested());
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
    if (!kind.draw) {
      layers.eps.set(inputs.normal(rows * size.latent, 1));
    }
    backend.latentForward(state.tested, rows, layers.tested(), kind.draw);
    layers.before.x.checkUntouched(what + ", x");
    layers.before.checkForward(what + ", before", rows);
    layers.before.y.adopt(rows);
    layers.heads.checkForward(what + ", heads", rows);
    Pair heads = layers.heads.y;
    Pair z = layers.after.x;
    heads.adopt(rows);
    oracle.reparameterise(
        state.exact,
        rows,
        kind.head,
        heads.exact,
        kind.draw,
        layers.eps.exact,
        layers.sigma.exact,
        z.exact,
        layers.kl.exact);
    ReparameteriseChecks.forward(
        what,
        rows,
        size.latent,
        kind.head,
        heads,
        kind.draw,
        layers.eps,
        layers.sigma,
        z,
        layers.kl);
    z.adopt(rows);
    layers.after.checkForward(what + ", after", rows);
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
    Layers layers = backwardInputs(kind, size, wantsDx);
    backend.latentBackward(state.tested, rows, layers.tested());
    Layer before = layers.before;
    Layer heads = layers.heads;
    Layer after = layers.after;
    oracle.activationBackward(
        rows, after.activation, after.pre.exact, after.y.exact, after.dy.exact, null);
    after.dy.check(
        what + ", dy",
        rows,
        (i, expected) ->
            Tolerances.activationBackward(
                after.activation, after.pre.input(i), after.y.input(i), after.dy.input(i)));
    CompositeOperations.linearBackward(
        oracle,
        what + ", after",
        rows,
        after.x,
        after.weight,
        after.dy,
        after.dWeight,
        after.dBias,
        after.dx);
    after.dx.adopt(rows);
    oracle.reparameteriseBackward(
        state.exact,
        rows,
        kind.head,
        heads.y.exact,
        layers.eps.exact,
        layers.sigma.exact,
        after.dx.exact,
        heads.dy.exact);
    heads.dy.check(
        what + ", dHeads",
        rows,
        ReparameteriseChecks.backward(
            size.latent, kind.head, heads.y, layers.eps, layers.sigma, after.dx, KL_WEIGHT));
    CompositeOperations.linearBackward(
        oracle,
        what + ", heads",
        rows,
        heads.x,
        heads.weight,
        heads.dy,
        heads.dWeight,
        heads.dBias,
        null);
    checkHidden(what + ", dh", rows, before, heads);
    CompositeOperations.linearBackward(
        oracle,
        what + ", before",
        rows,
        before.x,
        before.weight,
        before.dy,
        before.dWeight,
        before.dBias,
        before.dx);
    for (Pair input :
        new Pair[] {
          before.x,
          before.weight,
          before.pre,
          before.y,
          heads.weight,
          heads.y,
          layers.eps,
          layers.sigma,
          after.x,
          after.weight,
          after.pre,
          after.y
        }) {
      input.checkUntouched(what + ", an input");
    }
  }

  private Layers backwardInputs(Kind kind, Size size, boolean wantsDx) {
    int rows = size.rows;
    Layers layers = new Layers(kind, size, wantsDx);
    layers.before.setOutputs(rows);
    layers.heads.setOutputs(rows);
    layers.after.setOutputs(rows);
    layers.eps.set(inputs.normal(rows * size.latent, 1));
    layers.after.x.set(inputs.normal(rows * size.latent, 1));
    layers.after.dy.set(inputs.normal(rows * size.outputs, 1));
    Tensor unused = oracle.allocate(ElementType.F32, capacity(rows), size.latent);
    Tensor kl = oracle.allocate(ElementType.F32, capacity(rows));
    oracle.reparameterise(
        state().exact,
        rows,
        kind.head,
        layers.heads.y.exact,
        false,
        layers.eps.exact,
        layers.sigma.exact,
        unused,
        kl);
    float[] deviations = new float[rows * size.latent];
    oracle.read(layers.sigma.exact, deviations, 0, deviations.length);
    layers.sigma.set(deviations);
    oracle.free(unused);
    oracle.free(kl);
    return layers;
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
              + Tolerances.activationBackward(
                  before.activation, before.pre.input(i), before.y.input(i), products[i]);
        });
  }

  /** Blocks may end in any order; sums may not change with it. */
  @Test
  void theSameInputsGiveTheSameBits() {
    Kind kind = kinds().findFirst().orElseThrow();
    Size size = new Size(131, 128, 20, 127);
    Layers layers = backwardInputs(kind, size, false);
    StatePair state = drawingState();
    float[] dy = layers.after.dy.values(size.rows);
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
                  layers.kl,
                  layers.after.y)
              .map(pair -> pair.values(Math.min(pair.rows, size.rows)))
              .toArray(float[][]::new);
      first = first == null ? now : first;
      assertArrayEquals(first, now, name("repeat %d", repeat));
    }
  }
}
