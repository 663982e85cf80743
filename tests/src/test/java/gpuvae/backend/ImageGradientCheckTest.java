package gpuvae.backend;

import java.util.Arrays;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gradients of convolutional layers' operations. */
class ImageGradientCheckTest extends GradientChecks {
  private static final int ROWS = 3;
  private static final int CHANNELS = 2;
  private static final int PLANE = 7;

  @Test
  void convolution() {
    for (int i = 0; i < 10; i++) {
      Convolution g = small();
      Tensor x = random(ROWS, g.inFeatures());
      Tensor weight = random(g.outChannels(), g.filter());
      Tensor y = empty(ROWS, g.outFeatures());
      Tensor weights = random(ROWS, g.outFeatures());
      DoubleSupplier loss =
          () -> {
            backend.images().convolution(ROWS, g, x, weight, y);
            return weighted(y, weights);
          };
      Tensor dx = empty(ROWS, g.inFeatures());
      Tensor dWeight = empty(g.outChannels(), g.filter());
      backend.images().convolutionBackwardData(ROWS, g, weights, weight, dx);
      backend.images().convolutionBackwardWeight(ROWS, g, x, weights, dWeight);
      check(g + ", x", x, dx, loss);
      check(g + ", weight", weight, dWeight, loss);
    }
  }

  /** Of a size whose loss can be computed for each of its inputs. */
  private Convolution small() {
    return Geometries.all(inputs).stream()
        .skip(inputs.below(40))
        .filter(g -> g.inFeatures() < 300 && g.outFeatures() < 300)
        .findFirst()
        .orElseGet(() -> new Convolution(2, 5, 4, 3, 5, 4, 3, 1, 1));
  }

  /** Bias per plane, and the composites' order of inputs and outputs. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void layer(boolean transposed) {
    Activation activation = Activation.TANH;
    Convolution g = new Convolution(2, 5, 4, 3, 3, 2, 3, 2, 1);
    int in = transposed ? g.outFeatures() : g.inFeatures();
    int out = transposed ? g.inFeatures() : g.outFeatures();
    Tensor x = random(ROWS, in);
    Tensor weight = random(g.outChannels(), g.filter());
    Tensor bias = random(transposed ? g.inChannels() : g.outChannels());
    Tensor y = empty(ROWS, out);
    Tensor weights = random(ROWS, out);
    Tensor dWeight = empty(g.outChannels(), g.filter());
    Tensor dBias = empty((int) bias.size());
    Tensor dx = empty(ROWS, in);
    Tensor dy = copy(weights);
    LayerTensors t = new LayerTensors(x, weight, bias, activation, y, y, dy, dWeight, dBias, dx);
    DoubleSupplier loss =
        () -> {
          if (transposed) {
            backend.transposedForward(ROWS, g, t);
          } else {
            backend.convolutionForward(ROWS, g, t);
          }
          return weighted(y, weights);
        };
    loss.getAsDouble();
    if (transposed) {
      backend.transposedBackward(ROWS, g, t);
    } else {
      backend.convolutionBackward(ROWS, g, t);
    }
    String what = transposed ? "transposed" : "convolution";
    check(what + ", x", x, dx, loss);
    check(what + ", weight", weight, dWeight, loss);
    check(what + ", bias", bias, dBias, loss);
  }

  @ParameterizedTest
  @MethodSource("gpuvae.backend.OperationsSuite#activations")
  void instanceNorm(Activation activation) {
    norm(
        activation,
        empty(ROWS, CHANNELS),
        empty(ROWS, CHANNELS),
        backend.images()::instanceNorm,
        backend.images()::instanceNormBackward);
  }

  @ParameterizedTest
  @MethodSource("gpuvae.backend.OperationsSuite#activations")
  void batchNorm(Activation activation) {
    norm(
        activation,
        empty(2, CHANNELS),
        empty(CHANNELS),
        backend.images()::batchNorm,
        backend.images()::batchNormBackward);
  }

  /** Either norm's forward or backward pass. */
  private interface Pass {
    void run(int rows, NormTensors t);
  }

  private void norm(
      Activation activation, Tensor mean, Tensor inverse, Pass forward, Pass backward) {
    int columns = CHANNELS * PLANE;
    Tensor x = random(ROWS, columns);
    Tensor scale = random(CHANNELS);
    Tensor shift = random(CHANNELS);
    Tensor residual = random(ROWS, columns);
    Tensor pre = empty(ROWS, columns);
    Tensor y = empty(ROWS, columns);
    Tensor weights = random(ROWS, columns);
    Tensor dy = copy(weights);
    Tensor dScale = empty(CHANNELS);
    Tensor dShift = empty(CHANNELS);
    Tensor dx = empty(ROWS, columns);
    NormTensors t =
        new NormTensors(
            x, scale, shift, residual, activation, mean, inverse, pre, y, dy, dScale, dShift, dx);
    DoubleSupplier loss =
        () -> {
          forward.run(ROWS, t);
          return weighted(y, weights);
        };
    keepFromZero(
        residual,
        () -> {
          loss.getAsDouble();
          return pre;
        });
    backward.run(ROWS, t);
    check(activation + ", x", x, dx, loss);
    check(activation + ", scale", scale, dScale, loss);
    check(activation + ", shift", shift, dShift, loss);
    check(activation + ", residual", residual, dy, loss);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void maxPool(int size) {
    int height = 7;
    int width = 5;
    int out = CHANNELS * (height / size) * (width / size);
    Tensor x = empty(ROWS, CHANNELS * height * width);
    // Far enough apart that a step does not change which is largest.
    backend.setDoubles(
        x, Arrays.stream(inputs.permutation((int) x.size())).mapToDouble(i -> 0.01 * i).toArray());
    Tensor y = empty(ROWS, out);
    Tensor indices = backend.allocate(ElementType.U8, ROWS, out);
    Tensor weights = random(ROWS, out);
    DoubleSupplier loss =
        () -> {
          backend.images().maxPool(ROWS, height, width, size, x, y, indices);
          return weighted(y, weights);
        };
    loss.getAsDouble();
    Tensor dx = empty(ROWS, CHANNELS * height * width);
    backend.images().maxPoolBackward(ROWS, height, width, size, indices, weights, dx);
    check("maxPool " + size, x, dx, loss);
  }

  @Test
  void upsample() {
    int height = 3;
    int width = 5;
    int in = CHANNELS * height * width;
    Tensor x = random(ROWS, in);
    Tensor y = empty(ROWS, 4 * in);
    Tensor weights = random(ROWS, 4 * in);
    Tensor dx = empty(ROWS, in);
    backend.images().upsampleBackward(ROWS, height, width, weights, dx);
    check(
        "upsample",
        x,
        dx,
        () -> {
          backend.images().upsample(ROWS, height, width, x, y);
          return weighted(y, weights);
        });
  }

  /** Backward it is the activation's: the gradient of the sum is that of both. */
  @ParameterizedTest
  @MethodSource("gpuvae.backend.OperationsSuite#activations")
  void add(Activation activation) {
    Tensor x = random(ROWS, PLANE);
    Tensor residual = random(ROWS, PLANE);
    Tensor pre = empty(ROWS, PLANE);
    Tensor y = empty(ROWS, PLANE);
    Tensor weights = random(ROWS, PLANE);
    DoubleSupplier loss =
        () -> {
          backend.images().add(ROWS, x, residual, activation, pre, y);
          return weighted(y, weights);
        };
    keepFromZero(
        residual,
        () -> {
          loss.getAsDouble();
          return pre;
        });
    Tensor dy = copy(weights);
    backend.activationBackward(ROWS, activation, pre, y, dy, null);
    check(activation + ", x", x, dy, loss);
    check(activation + ", residual", residual, dy, loss);
  }
}
