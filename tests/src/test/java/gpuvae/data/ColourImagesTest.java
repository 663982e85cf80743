package gpuvae.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A convolutional model learns colour images of 32 x 32 from files of CIFAR-10's format. */
class ColourImagesTest {
  private static final int ROWS = 40;
  private static final int PIXELS = 32 * 32;

  @TempDir Path folder;

  /** Each channel falls or rises evenly from one side to the other. */
  private static byte[] file(Random random) {
    byte[] bytes = new byte[ROWS * (1 + 3 * PIXELS)];
    for (int row = 0; row < ROWS; row++) {
      for (int channel = 0; channel < 3; channel++) {
        int start = row * (1 + 3 * PIXELS) + 1 + channel * PIXELS;
        double left = 255 * random.nextDouble();
        double right = 255 * random.nextDouble();
        for (int i = 0; i < PIXELS; i++) {
          bytes[start + i] = (byte) (left + (right - left) * (i % 32) / 31);
        }
      }
    }
    return bytes;
  }

  @Test
  void aConvolutionalModelLearnsThem() throws IOException {
    Random random = new Random(3);
    for (int i = 1; i <= 5; i++) {
      Files.write(folder.resolve("data_batch_" + i + ".bin"), file(random));
    }
    Files.write(folder.resolve("test_batch.bin"), file(random));
    Split split = Cifar10.load(folder, ROWS);
    Shape shape = split.train().shape();
    assertEquals(Shape.image(3, 32, 32), shape);
    VaeConfig config = VaeConfig.preset("conv-upsample", shape);
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 1)) {
      double before = vae.evaluate(split.test()).reconstruction();
      for (int epoch = 1; epoch <= 10; epoch++) {
        for (Batch batch : Order.shuffled(split.train(), 1, epoch).batches(20)) {
          assertTrue(vae.trainStep(batch).accepted());
        }
      }
      double after = vae.evaluate(split.test()).reconstruction();
      assertTrue(after < 0.6 * before, before + " -> " + after);
      assertEquals(4 * shape.features(), vae.sample(4, 1).length);
    }
  }
}
