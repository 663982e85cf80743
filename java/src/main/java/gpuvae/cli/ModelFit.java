package gpuvae.cli;

import gpuvae.backend.Binarisation;
import gpuvae.config.InputConfig;
import gpuvae.config.Likelihood;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.data.Split;
import java.nio.file.Path;

/** Whether model and data belong together. */
final class ModelFit {
  private ModelFit() {}

  /** Refuses data of another size. */
  static void checkShape(VaeConfig config, Dataset data) {
    Shape expected = config.input().shape();
    if (expected.features() != data.features()) {
      throw new UsageException(
          "the model takes samples of %s, %s has %s".formatted(expected, data.name(), data.shape()),
          "the data it was trained on, or for images: --image-size and --colour");
    }
  }

  /** Refuses a model whose latent space has no two dimensions to be shown. */
  static void checkPlane(VaeConfig config, Path folder) {
    if (config.latent() == 1) {
      throw new UsageException(
          "the model has one latent dimension: that is a line, no plane",
          Text.program() + " traverse " + Text.quoted(folder) + " --dims 0");
    }
  }

  /** Refuses values that the likelihood has no meaning for. */
  static void checkRange(VaeConfig config, Split data) {
    checkRange(config, data.train());
    checkRange(config, data.test());
  }

  /** Refuses values that the likelihood has no meaning for. */
  static void checkRange(VaeConfig config, Dataset data) {
    InputConfig input = config.input();
    boolean unit =
        config.likelihood() == Likelihood.BERNOULLI || input.binarisation() != Binarisation.NONE;
    if (unit) {
      checkUnit(input, data);
    }
  }

  private static void checkUnit(InputConfig input, Dataset data) {
    if (data.isBytes()) {
      checkNormalisation(input);
      return;
    }
    float[] values = data.floats();
    for (int i = 0; i < values.length; i++) {
      if (!isUnit((values[i] - input.mean()) / input.deviation())) {
        throw new UsageException(
            "%s has %s in row %d, column %d: a Bernoulli likelihood and binarisation need values"
                    .formatted(
                        data.name(), values[i], i / data.features() + 1, i % data.features() + 1)
                + " from 0 to 1",
            "--preset mlp-softplus or autoencoder (squared error), or scale the columns");
      }
    }
  }

  /** Of pixels, which are between black and white. */
  private static void checkNormalisation(InputConfig input) {
    double black = -input.mean() / input.deviation();
    double white = (1 - input.mean()) / input.deviation();
    if (!isUnit(black) || !isUnit(white)) {
      throw new UsageException(
          "the model normalises pixels to %.3f to %.3f: a Bernoulli likelihood and binarisation"
                  .formatted(black, white)
              + " need values from 0 to 1",
          "a config.json with squared error, or without input.mean and input.deviation");
    }
  }

  private static boolean isUnit(double value) {
    return value >= 0 && value <= 1;
  }
}
