package gpuvae.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.GpuVae;
import gpuvae.Posterior;
import gpuvae.backend.Device;
import gpuvae.config.VaeConfig;
import gpuvae.io.ConfigFile;
import gpuvae.io.ModelFolder;
import gpuvae.io.SafetensorsReader;
import gpuvae.io.SafetensorsWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * conv-residual with the parameters and running statistics that PyTorch has after the golden case's
 * ten steps, under PyTorch's names, against what PyTorch 2.13 computes from them in float64 with
 * batch norm in evaluation mode: mean and log-variance of the batch, and the decoder at the mean.
 * Bound as in {@link GoldenTest}; PyTorch's own float32 errors are 5.5e-7, 1.8e-7 and 5.6e-8.
 */
class PyTorchWeightsTest {
  private static final double BOUND_OF_MEAN = 4 * 5.5e-7;
  private static final double BOUND = 1e-6;

  @TempDir Path folder;

  @Tag("scalar")
  @Test
  void loadAndEvaluate() throws IOException {
    Path copy = folder.resolve("evaluation.safetensors");
    try (InputStream in =
        getClass().getResourceAsStream("/golden/conv-residual-evaluation.safetensors")) {
      Files.copy(in, copy);
    }
    try (Golden golden = Golden.open("conv-residual");
        SafetensorsReader expected = SafetensorsReader.open(copy)) {
      writeModel(golden);
      try (GpuVae vae = GpuVae.load(folder, Device.cpu())) {
        Posterior posterior = vae.encode(golden.floats("x"));
        check("mean", expected.floats("out/mu"), posterior.mean(), BOUND_OF_MEAN);
        float[] logVariance = posterior.sigma();
        for (int i = 0; i < logVariance.length; i++) {
          logVariance[i] = (float) (2 * Math.log(logVariance[i]));
        }
        check("log-variance", expected.floats("out/logvar"), logVariance, BOUND);
        float[] decoded = vae.decode(expected.floats("out/mu"));
        check("decoder", expected.floats("out/decoder"), decoded, BOUND);
      }
    }
  }

  /** The files as PyTorch's save_file would leave them: its names, its counters. */
  private void writeModel(Golden golden) throws IOException {
    VaeConfig config = VaeConfig.preset("conv-residual");
    ParameterLayout layout = new ParameterLayout(config);
    SafetensorsWriter writer = new SafetensorsWriter();
    List<ParameterLayout.Entry> entries = new ArrayList<>(layout.entries());
    entries.addAll(layout.statistics());
    for (ParameterLayout.Entry entry : entries) {
      long[] shape = entry.shape().stream().mapToLong(Integer::longValue).toArray();
      writer.add(entry.name(), shape, golden.floats("step10/" + entry.name()));
      if (entry.name().endsWith(".running_mean")) {
        String counter = entry.name().replace("running_mean", "num_batches_tracked");
        writer.add(counter, new long[0], new long[] {10});
      }
    }
    writer.write(folder.resolve(ModelFolder.MODEL));
    Files.writeString(folder.resolve(ModelFolder.CONFIG), ConfigFile.format(config));
  }

  private static void check(String what, float[] expected, float[] actual, double bound) {
    assertEquals(expected.length, actual.length, what);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    double error = Math.sqrt(difference / norm);
    assertTrue(error <= bound, "%s: relative error %.3e, bound %.3e".formatted(what, error, bound));
  }
}
