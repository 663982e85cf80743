package gpuvae;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import gpuvae.backend.Activation;
import gpuvae.backend.Device;
import gpuvae.config.LayerConfig;
import gpuvae.config.Padding;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A step allocates nothing on the heap but its StepLoss. Code that is not compiled yet may put
 * vectors or iterators there, so windows of steps are tried until one is clean.
 */
@Tag("scalar")
class StepAllocationTest {
  private static final int WINDOW = 100;
  private static final int WINDOWS = 400;

  /** A StepLoss: three references or a long beside the header. */
  private static final long STEP_LOSS_BYTES = 32;

  @Test
  void denseLayers() {
    onlyTheLossIsAllocated(
        VaeConfig.builder()
            .input(48)
            .hidden(Activation.leakyRelu(0.2), 24, 24)
            .latent(4)
            .batchSize(24)
            .build());
  }

  @Test
  void convolutions() {
    onlyTheLossIsAllocated(
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
            .build());
  }

  private static void onlyTheLossIsAllocated(VaeConfig config) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Random random = new Random(1);
    float[] x = new float[24 * config.input().shape().features()];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat();
    }
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 1)) {
      long least = Long.MAX_VALUE;
      for (int window = 0; window < WINDOWS && least > WINDOW * STEP_LOSS_BYTES; window++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int step = 0; step < WINDOW; step++) {
          vae.trainStep(x);
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertTrue(
          least <= WINDOW * STEP_LOSS_BYTES,
          "%d bytes in %d steps, %d of them StepLoss"
              .formatted(least, WINDOW, WINDOW * STEP_LOSS_BYTES));
    }
  }
}
