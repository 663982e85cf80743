package gpuvae.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Activation;
import gpuvae.backend.Convolution;
import gpuvae.backend.ElementType;
import gpuvae.backend.ImageOperations;
import gpuvae.backend.LayerTensors;
import gpuvae.backend.NormTensors;
import gpuvae.backend.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operations on images: providers and numbers of workers give the same bits. */
class ImagesTest {
  private static final int ROWS = 9;

  private static final List<Convolution> CONVOLUTIONS =
      List.of(
          new Convolution(1, 28, 28, 5, 28, 28, 4, 1, 1),
          new Convolution(3, 13, 11, 17, 7, 6, 3, 2, 1),
          new Convolution(18, 7, 9, 5, 3, 3, 2, 3, 1),
          new Convolution(40, 6, 5, 1, 6, 5, 3, 1, 1),
          // More than fits the buffer: in bands.
          new Convolution(3, 120, 130, 2, 120, 130, 5, 1, 2),
          // By Winograd's algorithm: odd sizes, several images a block, in bands.
          new Convolution(17, 9, 7, 20, 9, 7, 3, 1, 1),
          new Convolution(64, 14, 14, 33, 14, 14, 3, 1, 1),
          new Convolution(16, 8, 8, 16, 6, 6, 3, 1, 0),
          new Convolution(16, 71, 90, 16, 71, 90, 3, 1, 1));

  @Test
  void convolutions() {
    for (Convolution g : CONVOLUTIONS) {
      sameBits(g.toString(), backend -> convolution(backend, g));
    }
  }

  private static void convolution(Results results, Convolution g) {
    Tensor x = results.random(1, ROWS, g.inFeatures());
    Tensor dy = results.random(2, ROWS, g.outFeatures());
    Tensor weight = results.random(3, g.outChannels(), g.filter());
    Tensor bias = results.random(4, g.outChannels());
    Tensor y = results.output(ROWS, g.outFeatures());
    results.backend.convolutionForward(
        ROWS, g, new LayerTensors(x, weight, bias, Activation.RELU, y, y, null, null, null, null));
    Tensor one = results.output(ROWS, g.outFeatures());
    results.backend.images().convolution(1, g, x, weight, one);
    Tensor dx = results.output(ROWS, g.inFeatures());
    results.backend.images().convolutionBackwardData(ROWS, g, dy, weight, dx);
    Tensor gradient = results.output(g.outChannels(), g.filter());
    results.backend.images().convolutionBackwardWeight(ROWS, g, x, dy, gradient);
  }

  @Test
  void norms() {
    for (int plane : new int[] {1, 7, 49, 221, 784}) {
      sameBits("norms of " + plane, results -> norms(results, 5, plane));
    }
  }

  private static void norms(Results results, int channels, int plane) {
    Tensor x = results.random(1, ROWS, channels * plane);
    Tensor residual = results.random(2, ROWS, channels * plane);
    Tensor scale = results.random(3, channels);
    Tensor shift = results.random(4, channels);
    for (boolean batch : new boolean[] {true, false}) {
      Tensor mean = batch ? results.output(2, channels) : results.output(ROWS, channels);
      Tensor inverse = batch ? results.output(channels) : results.output(ROWS, channels);
      Tensor y = results.output(ROWS, channels * plane);
      Tensor dy = results.random(5, ROWS, channels * plane);
      Tensor[] gradients = {
        results.output(channels), results.output(channels), results.output(ROWS, channels * plane)
      };
      NormTensors t =
          new NormTensors(
              x,
              scale,
              shift,
              residual,
              Activation.RELU,
              mean,
              inverse,
              y,
              y,
              dy,
              gradients[0],
              gradients[1],
              gradients[2]);
      ImageOperations images = results.backend.images();
      if (batch) {
        images.batchNorm(ROWS, t);
        images.batchNormBackward(ROWS, t);
      } else {
        images.instanceNorm(ROWS, t);
        images.instanceNormBackward(ROWS, t);
      }
    }
  }

  @Test
  void theRest() {
    for (int side : new int[] {4, 7, 28, 37}) {
      sameBits("planes of " + side, results -> theRest(results, 3, side));
    }
  }

  private static void theRest(Results results, int channels, int side) {
    int columns = channels * side * side;
    Tensor x = results.random(1, ROWS, columns);
    Tensor y = results.output(ROWS, channels * (side / 2) * (side / 2));
    Tensor indices = results.backend.allocate(ElementType.U8, y.rows(), y.columns());
    results.backend.images().maxPool(ROWS, side, side, 2, x, y, indices);
    results
        .backend
        .images()
        .maxPoolBackward(ROWS, side, side, 2, indices, y, results.output(ROWS, columns));
    Tensor large = results.output(ROWS, 4 * columns);
    results.backend.images().upsample(ROWS, side, side, x, large);
    Tensor sums = results.output(ROWS, columns);
    results.backend.images().upsampleBackward(ROWS, side, side, large, sums);
    Tensor bias = results.random(2, channels);
    results.backend.biasActivation(ROWS, sums, bias, Activation.TANH, sums);
    Tensor biasGradient = results.output(channels);
    results.backend.activationBackward(
        ROWS, Activation.leakyRelu(0.2), sums, sums, sums, biasGradient);
    results
        .backend
        .images()
        .add(
            ROWS,
            x,
            sums,
            Activation.RELU,
            large.view(0, ROWS, columns),
            large.view(0, ROWS, columns));
  }

  /** What all combinations are to leave. */
  private interface Operations {
    void run(Results results);
  }

  private static void sameBits(String what, Operations operations) {
    List<float[]> expected = new Results(new VectorKernels(), 1).of(operations);
    assertTrue(expected.size() > 1, what);
    check(what + ", two workers", expected, new Results(new VectorKernels(), 2).of(operations));
    check(what + ", three workers", expected, new Results(new VectorKernels(), 3).of(operations));
    check(what + ", scalar", expected, new Results(new ScalarKernels(), 2).of(operations));
  }

  private static void check(String what, List<float[]> expected, List<float[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), what + ", output " + i);
    }
  }

  /** A backend, and all tensors that operations write. */
  private static final class Results {
    final CpuBackend backend;
    private final List<Tensor> outputs = new ArrayList<>();

    Results(Kernels kernels, int workers) {
      backend = new CpuBackend(kernels, workers);
    }

    List<float[]> of(Operations operations) {
      try (backend) {
        operations.run(this);
        return outputs.stream().map(output -> Inputs.read(backend, output)).toList();
      }
    }

    Tensor random(int seed, int... shape) {
      float[] values = new Inputs(seed).normal((int) Tensor.sizeOf(shape), 1);
      return Inputs.tensor(backend, values, 3 * seed, shape);
    }

    Tensor output(int... shape) {
      float[] poison = Inputs.poison((int) Tensor.sizeOf(shape));
      Tensor output = Inputs.tensor(backend, poison, 5, shape);
      outputs.add(output);
      return output;
    }
  }
}
