package gpuvae.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import gpuvae.Jvm;
import gpuvae.backend.Activation;
import gpuvae.config.LayerConfig;
import gpuvae.config.Padding;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.model.VaeModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The same training run in every way that a JVM can run it. */
class SameBitsTest {
  /** Small, since the interpreter takes a microsecond for each vector; two blocks deep. */
  private static final VaeConfig SMALL =
      VaeConfig.builder().input(2 * Depth.MOST - 1).hidden(Activation.RELU, 13).latent(3).build();

  /** Every image operation; the second convolution is Winograd's. */
  private static final VaeConfig SMALL_IMAGES =
      VaeConfig.builder()
          .input(Shape.image(1, 8, 8))
          .encoder(
              LayerConfig.conv2d("a", 16, 3).withPadding(Padding.of(1)),
              LayerConfig.residual(
                  LayerConfig.conv2d("b", 16, 3).withPadding(Padding.of(1)).withoutBias(),
                  LayerConfig.instanceNorm("c").withActivation(Activation.RELU)),
              LayerConfig.maxPool(2))
          .latent(3)
          .decoderWithOutput(
              LayerConfig.reshape(3, 1, 1),
              LayerConfig.convTranspose2d("d", 4, 4),
              LayerConfig.batchNorm("e").withActivation(Activation.leakyRelu(0.1)),
              LayerConfig.upsample(),
              LayerConfig.conv2d("f", 1, 3).withPadding(Padding.of(1)))
          .build();

  /** Hashes of the parameters after some steps. */
  public static void main(String[] args) {
    System.out.println("hash " + train(Providers.kernels(), CpuBackend.defaultWorkers()));
  }

  private static int train(Kernels kernels, int workers) {
    return 31 * train(kernels, workers, SMALL, 7, 2) + train(kernels, workers, SMALL_IMAGES, 5, 2);
  }

  private static int train(Kernels kernels, int workers, VaeConfig config, int rows, int steps) {
    try (CpuBackend backend = new CpuBackend(kernels, workers)) {
      VaeModel model = new VaeModel(backend, config, 1);
      Random random = new Random(7);
      float[] batch = new float[rows * config.input().shape().features()];
      for (int step = 0; step < steps; step++) {
        for (int i = 0; i < batch.length; i++) {
          batch[i] = random.nextFloat();
        }
        model.trainStep(batch, rows, null);
      }
      float[] values = Inputs.read(backend, model.parameters().values());
      return Arrays.hashCode(values);
    }
  }

  @Test
  void providersAndNumbersOfWorkers() {
    VaeConfig config = VaeConfig.preset("mlp-relu");
    int expected = train(new VectorKernels(), 1, config, 19, 5);
    assertEquals(expected, train(new VectorKernels(), 2, config, 19, 5));
    assertEquals(expected, train(new VectorKernels(), 3, config, 19, 5));
    assertEquals(expected, train(new ScalarKernels(), 2, config, 19, 5));
    assertNotEquals(expected, train(new VectorKernels(), 2, config, 19, 4));
  }

  @Test
  void interpreterNarrowVectorsAndNoVectors() throws IOException, InterruptedException {
    int compiled = 0;
    for (int warm = 0; warm < 100; warm++) {
      compiled = train(new VectorKernels(), 2);
    }
    assertEquals(compiled, spawn("-Xint", Jvm.VECTORS, "-Dgpuvae.cpu.provider=vector"), "-Xint");
    assertEquals(compiled, spawn("-XX:MaxVectorSize=16", Jvm.VECTORS), "128 bits");
    assertEquals(compiled, spawn("-Dgpuvae.cpu.workers=1"), "scalar, one worker");
  }

  private static int spawn(String... options) throws IOException, InterruptedException {
    return (int) Jvm.number("hash", SameBitsTest.class, List.of(options));
  }
}
