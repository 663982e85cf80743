package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.data.Split;
import gpuvae.io.ModelFolder;
import gpuvae.io.Weights;
import gpuvae.model.ParameterLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The argument that names a trained model's folder. */
final class ModelArgument {
  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A trained model's folder, as gpuvae train --out makes it.")
  Path folder;

  /** Opens it, all errors being the user's to put right. */
  GpuVae load(Device device) {
    try {
      return GpuVae.load(folder, device);
    } catch (IOException | IllegalArgumentException e) {
      throw noModel(e);
    }
  }

  /** What it is. */
  VaeConfig config() {
    try {
      return ModelFolder.readConfig(folder);
    } catch (IOException | IllegalArgumentException e) {
      throw noModel(e);
    }
  }

  /** Parameters and running statistics, read without a device. */
  Weights weights(VaeConfig config) {
    try {
      return ModelFolder.readWeights(folder, new ParameterLayout(config));
    } catch (IOException | IllegalArgumentException e) {
      throw noModel(e);
    }
  }

  private UsageException noModel(Exception cause) {
    return new UsageException(
        cause, Text.program() + " train --out " + Text.quoted(folder) + ", which makes one");
  }

  /** The data it was trained on, whole and in its shape; the default if that is not known. */
  DataChoice trainedOn(VaeConfig config) {
    DataChoice choice = DataChoice.DEFAULT;
    if (Files.isRegularFile(folder.resolve(ModelFolder.STATE))) {
      try {
        choice = DataChoice.of(ModelFolder.readState(folder).notes());
      } catch (IOException e) {
        throw new UsageException(e, "--data DATA, which needs no training state");
      }
    }
    return choice.whole().shapedFor(config.input().shape());
  }

  /** The test set that was asked for, or the one of the model's own data; sure to fit it. */
  Dataset testSet(GpuVae vae, DataOptions data, Terminal terminal) {
    return split(vae, data, terminal).test();
  }

  /** The same with the training set. */
  Split split(GpuVae vae, DataOptions data, Terminal terminal) {
    Split split = DataOptions.load(data.over(trainedOn(vae.config())), terminal);
    ModelFit.checkShape(vae.config(), split.test());
    return split;
  }
}
