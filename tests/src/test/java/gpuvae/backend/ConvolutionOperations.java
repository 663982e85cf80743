package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import gpuvae.backend.reference.Formulas;
import gpuvae.backend.reference.PrimitivesOnly;
import gpuvae.cuda.CudaDeviceForTests;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions and their transposes: the primitives, then the layers made of them. */
abstract class ConvolutionOperations extends OperationsSuite {
  private static final int[] ROWS = {1, 5};

  ConvolutionOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  /** A test of one geometry. */
  private interface Geometric {
    void test(int rows, Convolution geometry);
  }

  private void forGeometries(Geometric test) {
    for (Convolution geometry : Geometries.all(inputs)) {
      for (int rows : ROWS) {
        test.test(rows, geometry);
        release();
      }
    }
  }

  private String name(String what, int rows, Convolution geometry) {
    return name("%s of %d x %s", what, rows, geometry);
  }

  /** Images of which the first rows are random. */
  private Pair images(int rows, int features) {
    return images(inputs.normal(rows * features, 1), rows, features);
  }

  private Pair images(float[] values, int rows, int features) {
    return poisoned(capacity(rows), features).set(values);
  }

  private Pair filters(Convolution g) {
    return noFilters(g).set(inputs.normal(g.outChannels() * g.filter(), 1));
  }

  private Pair noFilters(Convolution g) {
    return poisoned(g.outChannels(), g.inChannels(), g.kernel(), g.kernel());
  }

  /** Products in one element of a convolution's input gradient, at most. */
  private static int backwardTerms(Convolution g) {
    return g.outChannels() * g.kernel() * g.kernel();
  }

  // ---- primitives ----

  @Test
  void convolution() {
    forGeometries(
        (rows, g) -> {
          String what = name("convolution", rows, g);
          Pair x = images(rows, g.inFeatures());
          Pair weight = filters(g);
          Pair y = poisoned(capacity(rows), g.outFeatures());
          tested.images().convolution(rows, g, x.tested, weight.tested, y.tested);
          oracle.images().convolution(rows, g, x.exact, weight.exact, y.exact);
          y.check(what, rows, forward(rows, g, x, weight, null));
          x.checkUntouched(what + ", x");
          weight.checkUntouched(what + ", weight");
        });
  }

  @Test
  void convolutionBackwardData() {
    forGeometries(
        (rows, g) -> {
          String what = name("convolutionBackwardData", rows, g);
          Pair dy = images(rows, g.outFeatures());
          Pair weight = filters(g);
          Pair dx = poisoned(capacity(rows), g.inFeatures());
          tested.images().convolutionBackwardData(rows, g, dy.tested, weight.tested, dx.tested);
          oracle.images().convolutionBackwardData(rows, g, dy.exact, weight.exact, dx.exact);
          dx.check(what, rows, backwardData(rows, g, dy, weight, null));
          dy.checkUntouched(what + ", dy");
          weight.checkUntouched(what + ", weight");
        });
  }

  @Test
  void convolutionBackwardWeight() {
    forGeometries(
        (rows, g) -> {
          String what = name("convolutionBackwardWeight", rows, g);
          Pair x = images(rows, g.inFeatures());
          Pair dy = images(rows, g.outFeatures());
          Pair gradient = noFilters(g);
          tested.images().convolutionBackwardWeight(rows, g, x.tested, dy.tested, gradient.tested);
          oracle.images().convolutionBackwardWeight(rows, g, x.exact, dy.exact, gradient.exact);
          gradient.check(what, gradient.rows, backwardWeight(rows, g, x, dy));
          x.checkUntouched(what + ", x");
          dy.checkUntouched(what + ", dy");
        });
  }

  /** Else a step that should be refused would be accepted; nor does it spread to other images. */
  @Test
  void notANumberReachesItsWindows() {
    forGeometries(
        (rows, g) -> {
          float[] values = inputs.normal(rows * g.inFeatures(), 1);
          int at = inputs.below(values.length);
          values[at] = Float.NaN;
          Pair x = images(values, rows, g.inFeatures());
          Pair weight = filters(g);
          Pair y = poisoned(capacity(rows), g.outFeatures());
          tested.images().convolution(rows, g, x.tested, weight.tested, y.tested);
          oracle.images().convolution(rows, g, x.exact, weight.exact, y.exact);
          spread(y, rows, at / g.inFeatures(), g.outFeatures());
          y.check(name("convolution of NaN", rows, g), rows, forward(rows, g, x, weight, null));
        });
  }

  /** Expects NaN too where an image's output is, though its window is without. */
  private void spread(Pair y, int rows, int image, int features) {
    float[] actual = y.values(rows);
    double[] expected = oracle.doubles(y.exact);
    for (int i = image * features; i < (image + 1) * features; i++) {
      expected[i] = Float.isNaN(actual[i]) ? Double.NaN : expected[i];
    }
    oracle.setDoubles(y.exact, expected);
  }

  /** Workers may finish in any order; sums may not change with it. */
  @Test
  void theSameInputsGiveTheSameBits() {
    Convolution g = new Convolution(7, 13, 11, 9, 13, 11, 3, 1, 1);
    int rows = 13;
    Pair x = images(rows, g.inFeatures());
    Pair dy = images(rows, g.outFeatures());
    Pair weight = filters(g);
    Pair y = poisoned(capacity(rows), g.outFeatures());
    Pair dx = poisoned(capacity(rows), g.inFeatures());
    Pair gradient = noFilters(g);
    float[][] first = null;
    for (int repeat = 0; repeat < 20; repeat++) {
      tested.images().convolution(rows, g, x.tested, weight.tested, y.tested);
      tested.images().convolutionBackwardData(rows, g, dy.tested, weight.tested, dx.tested);
      tested.images().convolutionBackwardWeight(rows, g, x.tested, dy.tested, gradient.tested);
      float[][] now = {y.values(rows), dx.values(rows), gradient.values(gradient.rows)};
      first = first == null ? now : first;
      assertArrayEquals(first, now, name("repeat %d", repeat));
    }
  }

  // ---- layers ----

  /** A test of one layer, by the backend's own composites and by the defaults. */
  private interface Layer {
    void test(String version, Backend backend, int rows, Convolution geometry);
  }

  private void forBoth(Layer test) {
    List<Convolution> all = Geometries.all(inputs);
    Backend defaults = PrimitivesOnly.over(tested);
    for (int i = 0; i < all.size(); i += 1 + inputs.below(4)) {
      int rows = ROWS[i % ROWS.length];
      test.test("own", tested, rows, all.get(i));
      release();
      test.test("default", defaults, rows, all.get(i));
      release();
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void convolutionForward(Activation activation) {
    forBoth((version, backend, rows, g) -> forwardLayer(version, backend, rows, g, activation));
  }

  private void forwardLayer(
      String version, Backend backend, int rows, Convolution g, Activation activation) {
    for (boolean biased : new boolean[] {true, false}) {
      String what =
          name("%s convolutionForward %s%s", version, activation, biased ? "" : ", no bias");
      Pair x = images(rows, g.inFeatures());
      Pair weight = filters(g);
      Pair bias = biased ? bias(g.outChannels()) : null;
      Output output = new Output(activation, rows, g.outFeatures());
      backend.convolutionForward(rows, g, output.tensors(OperationsSuite::tested, x, weight, bias));
      oracle.convolutionForward(rows, g, output.tensors(OperationsSuite::exact, x, weight, bias));
      Tensor sums = oracle.allocate(ElementType.F32, capacity(rows), g.outFeatures());
      oracle.convolutionForward(
          rows, g, layer(x.exact, weight.exact, exact(bias), Activation.IDENTITY, sums, sums));
      output.check(name(what, rows, g), sums, forward(rows, g, x, weight, bias));
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void transposedForward(Activation activation) {
    forBoth((version, backend, rows, g) -> transposedLayer(version, backend, rows, g, activation));
  }

  private void transposedLayer(
      String version, Backend backend, int rows, Convolution g, Activation activation) {
    for (boolean biased : new boolean[] {true, false}) {
      String what =
          name("%s transposedForward %s%s", version, activation, biased ? "" : ", no bias");
      Pair x = images(rows, g.outFeatures());
      Pair weight = filters(g);
      Pair bias = biased ? bias(g.inChannels()) : null;
      Output output = new Output(activation, rows, g.inFeatures());
      backend.transposedForward(rows, g, output.tensors(OperationsSuite::tested, x, weight, bias));
      oracle.transposedForward(rows, g, output.tensors(OperationsSuite::exact, x, weight, bias));
      Tensor sums = oracle.allocate(ElementType.F32, capacity(rows), g.inFeatures());
      oracle.transposedForward(
          rows, g, layer(x.exact, weight.exact, exact(bias), Activation.IDENTITY, sums, sums));
      output.check(name(what, rows, g), sums, backwardData(rows, g, x, weight, bias));
    }
  }

  /** Of a forward pass alone. */
  private static LayerTensors layer(
      Tensor x, Tensor weight, Tensor bias, Activation activation, Tensor pre, Tensor y) {
    return new LayerTensors(x, weight, bias, activation, pre, y, null, null, null, null);
  }

  private Pair bias(int channels) {
    return poisoned(channels).set(inputs.normal(channels, 1));
  }

  /** A layer's pre, which is y unless the activation needs its input, and y. */
  private final class Output {
    final Activation activation;
    final int rows;
    final Pair y;
    final Pair pre;

    Output(Activation activation, int rows, int features) {
      this.activation = activation;
      this.rows = rows;
      y = poisoned(capacity(rows), features);
      pre = activation.needsInput() ? poisoned(capacity(rows), features) : y;
    }

    LayerTensors tensors(Function<Pair, Tensor> side, Pair x, Pair weight, Pair bias) {
      return layer(
          side.apply(x),
          side.apply(weight),
          side.apply(bias),
          activation,
          side.apply(pre),
          side.apply(y));
    }

    /**
     * @param sums the oracle's before the activation
     */
    void check(String what, Tensor sums, Bound ofSum) {
      if (pre != y) {
        pre.check(what + ", pre", rows, ofSum);
      }
      double[] exact = oracle.doubles(sums);
      y.check(
          what + ", y",
          rows,
          (i, expected) ->
              Tolerances.activation(activation, exact[i], expected, ofSum.at(i, exact[i])));
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void convolutionBackward(Activation activation) {
    forBoth((version, backend, rows, g) -> backward(version, backend, rows, g, activation, false));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void transposedBackward(Activation activation) {
    forBoth((version, backend, rows, g) -> backward(version, backend, rows, g, activation, true));
  }

  private void backward(
      String version,
      Backend backend,
      int rows,
      Convolution g,
      Activation activation,
      boolean transposed) {
    boolean biased = inputs.below(2) == 0;
    boolean wantsDx = inputs.below(4) > 0;
    String what =
        name(
            "%s %s %s%s%s",
            version,
            transposed ? "transposedBackward" : "convolutionBackward",
            activation,
            biased ? "" : ", no bias",
            wantsDx ? "" : ", no dx");
    what = name(what, rows, g);
    int in = transposed ? g.outFeatures() : g.inFeatures();
    int out = transposed ? g.inFeatures() : g.outFeatures();
    Pair x = images(rows, in);
    Pair weight = filters(g);
    float[] sums = inputs.normal(rows * out, 2);
    float[] outputs = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      outputs[i] = (float) Formulas.value(activation, sums[i]);
    }
    Pair y = images(outputs, rows, out);
    Pair pre = activation.needsInput() ? images(sums, rows, out) : y;
    Pair dy = images(rows, out);
    Pair gradient = noFilters(g);
    Pair biasGradient = biased ? poisoned(transposed ? g.inChannels() : g.outChannels()) : null;
    Pair dx = wantsDx ? poisoned(capacity(rows), in) : null;
    LayerTensors t =
        new LayerTensors(
            x.tested,
            weight.tested,
            // Nobody reads it: it only says that there is one.
            tested(biasGradient),
            activation,
            pre.tested,
            y.tested,
            dy.tested,
            gradient.tested,
            tested(biasGradient),
            tested(dx));
    if (transposed) {
      backend.transposedBackward(rows, g, t);
    } else {
      backend.convolutionBackward(rows, g, t);
    }
    oracle.activationBackward(rows, activation, pre.exact, y.exact, dy.exact, null);
    dy.check(
        what + ", dy",
        rows,
        (i, expected) ->
            Tolerances.activationBackward(activation, sums[i], outputs[i], dy.input(i)));
    // What follows is judged by the dy that the backend left.
    dy.adopt(rows);
    if (biased) {
      oracle.activationBackward(
          rows, Activation.IDENTITY, y.exact, y.exact, dy.exact, biasGradient.exact);
      biasGradient.check(
          what + ", bias gradient", biasGradient.rows, channelSums(dy, rows, biasGradient.rows));
    }
    Pair image = transposed ? dy : x;
    Pair outputGradient = transposed ? x : dy;
    oracle
        .images()
        .convolutionBackwardWeight(rows, g, image.exact, outputGradient.exact, gradient.exact);
    gradient.check(
        what + ", weight gradient", gradient.rows, backwardWeight(rows, g, image, outputGradient));
    if (wantsDx && transposed) {
      oracle.images().convolution(rows, g, dy.exact, weight.exact, dx.exact);
      dx.check(what + ", dx", rows, forward(rows, g, dy, weight, null));
    } else if (wantsDx) {
      oracle.images().convolutionBackwardData(rows, g, dy.exact, weight.exact, dx.exact);
      dx.check(what + ", dx", rows, backwardData(rows, g, dy, weight, null));
    }
    for (Pair input : new Pair[] {x, weight, pre, y}) {
      input.checkUntouched(what + ", an input");
    }
  }

  /** NVIDIA's cuDNN is not asked to take what is not aligned: no model has such tensors. */
  @Override
  int offset(int number) {
    return CudaDeviceForTests.isCard() ? 8 : super.offset(number);
  }

  // ---- bounds: the same sums of absolute values, by the oracle ----

  private Bound forward(int rows, Convolution g, Pair x, Pair weight, Pair bias) {
    Tensor sums = oracle.allocate(ElementType.F32, capacity(rows), g.outFeatures());
    oracle.images().convolution(rows, g, absolute(x), absolute(weight), sums);
    return sums(g.filter(), sums, bias, g.outPlane());
  }

  private Bound backwardData(int rows, Convolution g, Pair dy, Pair weight, Pair bias) {
    Tensor sums = oracle.allocate(ElementType.F32, capacity(rows), g.inFeatures());
    oracle.images().convolutionBackwardData(rows, g, absolute(dy), absolute(weight), sums);
    return sums(backwardTerms(g), sums, bias, g.inPlane());
  }

  private Bound backwardWeight(int rows, Convolution g, Pair x, Pair dy) {
    Tensor sums = oracle.allocate(ElementType.F32, g.outChannels(), g.filter());
    oracle.images().convolutionBackwardWeight(rows, g, absolute(x), absolute(dy), sums);
    return sums(rows * g.outPlane(), sums, null, 1);
  }

  private Bound sums(int terms, Tensor magnitudes, Pair bias, int plane) {
    double[] magnitude = oracle.doubles(magnitudes);
    int features = magnitudes.columns();
    return (i, expected) -> {
      double added = bias == null ? 0 : Math.abs(bias.input(i % features / plane));
      double direct = Tolerances.sum(terms + 1, magnitude[i] + added);
      return CudaDeviceForTests.isCard()
          ? Math.max(direct, Tolerances.transformed(magnitude[i] + added))
          : direct;
    };
  }
}
