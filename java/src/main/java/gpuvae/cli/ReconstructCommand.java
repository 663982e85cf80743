package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.data.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae reconstruct}. */
@Command(
    description = {
      "Writes test samples and what came back as a picture.",
      "",
      "Encodes and decodes the first samples of the test set: originals above what came back."
    },
    footer = {
      "  gpuvae reconstruct runs/mlp-relu-mnist",
      "  gpuvae reconstruct runs/mlp-relu-mnist --count 32 --out back.png"
    })
final class ReconstructCommand extends BaseCommand {
  @Mixin ModelArgument model;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "16",
      description = "How many. Default: ${DEFAULT-VALUE}.")
  int count;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "reconstructions.png",
      description = "A .png to look at, or a .csv of what came back. Default: ${DEFAULT-VALUE}.")
  Path out;

  @Mixin DataOptions data;
  @Mixin DeviceOption device;

  ReconstructCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    Samples.checkFile(out);
    if (count < 1 || count > 10_000) {
      throw new UsageException("--count is " + count + ", allowed: 1 to 10000", null);
    }
    try (GpuVae vae = model.load(device.choose())) {
      Dataset test = model.testSet(vae, data, terminal);
      int rows = Math.min(count, test.size());
      new Samples(vae).reconstructions(test.input(vae.config().input(), 0, rows), out);
      say("%d of %s: %s", rows, test.name(), out);
      if (json) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("file", out.toString());
        result.put("count", rows);
        result.put("data", test.name());
        sayJson(result);
      }
    }
    return Main.OK;
  }
}
