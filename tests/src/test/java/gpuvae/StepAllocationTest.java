package gpuvae;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import gpuvae.backend.Activation;
import gpuvae.backend.Device;
import gpuvae.config.LayerConfig;
import gpuvae.config.Padding;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A step allocates nothing on the heap but its StepLoss. Code that is not compiled yet may put
 * vectors or iterators there, so windows of steps are tried until one is clean.
 */
class StepAllocationTest {
  private static final int WINDOW = 100;
  private static final int WINDOWS = 400;

  /** A StepLoss: three references or a long beside the header. */
  private static final long STEP_LOSS_BYTES = 32;

  private static final VaeConfig DENSE =
      VaeConfig.builder()
          .input(48)
          .hidden(Activation.leakyRelu(0.2), 24, 24)
          .latent(4)
          .batchSize(24)
          .build();

  private static final VaeConfig CONVOLUTIONAL =
      VaeConfig.builder()
          .input(Shape.image(1, 8, 8))
          .encoder(
              LayerConfig.conv2d("a", 16, 3).withPadding(Padding.of(1)),
              LayerConfig.conv2d("b", 16, 3).withPadding(Padding.of(1)).withoutBias(),
              LayerConfig.instanceNorm("c").withActivation(Activation.RELU),
              LayerConfig.maxPool(2))
          .latent(4)
          .decoderWithOutput(
              LayerConfig.reshape(4, 1, 1),
              LayerConfig.convTranspose2d("d", 16, 4),
              LayerConfig.batchNorm("e").withActivation(Activation.RELU),
              LayerConfig.upsample(),
              LayerConfig.conv2d("f", 1, 3).withPadding(Padding.of(1)))
          .batchSize(24)
          .build();

  /** The least that a window of steps of a model allocates. */
  public static void main(String[] arguments) {
    VaeConfig config = arguments[0].equals("dense") ? DENSE : CONVOLUTIONAL;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Random random = new Random(1);
    float[] x = new float[config.batchSize() * config.input().shape().features()];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat();
    }
    long least = Long.MAX_VALUE;
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 1)) {
      for (int window = 0; window < WINDOWS && least > WINDOW * STEP_LOSS_BYTES; window++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int step = 0; step < WINDOW; step++) {
          vae.trainStep(x);
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
    }
    System.out.println("bytes " + least);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dense", "convolutional"})
  void withVectors(String model) throws IOException, InterruptedException {
    onlyTheLossIsAllocated(model, List.of(Jvm.VECTORS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dense", "convolutional"})
  void withoutVectors(String model) throws IOException, InterruptedException {
    onlyTheLossIsAllocated(model, List.of());
  }

  private static void onlyTheLossIsAllocated(String model, List<String> options)
      throws IOException, InterruptedException {
    assertEquals(
        WINDOW * STEP_LOSS_BYTES, Jvm.number("bytes", StepAllocationTest.class, options, model));
  }
}
