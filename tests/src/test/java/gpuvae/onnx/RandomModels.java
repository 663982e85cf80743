package gpuvae.onnx;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.VaeConfig;
import gpuvae.io.ModelFolder;
import gpuvae.io.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** Models whose every weight and running statistic is random, as after training. */
final class RandomModels {
  private RandomModels() {}

  /** Initial weights, each moved by up to a tenth; statistics that are not those of a beginning. */
  static Weights weights(VaeConfig config, long seed) {
    Random random = new Random(seed);
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), seed)) {
      Weights weights = vae.weights();
      for (int i = 0; i < weights.parameters().length; i++) {
        float value = weights.parameters()[i];
        float least = 1e-3f;
        weights.parameters()[i] += 0.1f * (value + least) * (2 * random.nextFloat() - 1);
      }
      for (int i = 0; i < weights.statistics().length; i++) {
        weights.statistics()[i] = 0.2f + random.nextFloat();
      }
      return weights;
    }
  }

  static GpuVae open(Path folder, VaeConfig config, Weights weights) throws IOException {
    ModelFolder.write(folder, config, weights);
    return GpuVae.load(folder, Device.cpu());
  }

  static float[] normal(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
