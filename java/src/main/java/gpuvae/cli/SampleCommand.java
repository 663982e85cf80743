package gpuvae.cli;

import gpuvae.GpuVae;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae sample}. */
@Command(
    description = {
      "Draws new samples from a trained model.",
      "",
      "z comes from the prior, a standard normal, and is decoded."
    },
    footer = {
      "  gpuvae sample runs/mlp-relu-mnist",
      "  gpuvae sample runs/mlp-relu-mnist --count 100 --seed 7 --out hundred.png",
      "  gpuvae sample runs/mlp-relu-mnist --temperature 0.7"
    })
final class SampleCommand extends BaseCommand {
  @Mixin ModelArgument model;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "64",
      description = "How many. Default: ${DEFAULT-VALUE}.")
  int count;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "The same seed gives the same samples. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "1",
      description =
          "Standard deviation of z: below 1 more typical, above more unusual. Default:"
              + " ${DEFAULT-VALUE}.")
  double temperature;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "samples.png",
      description = "A .png to look at, or a .csv of numbers. Default: ${DEFAULT-VALUE}.")
  Path out;

  @Mixin DeviceOption device;

  SampleCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    Samples.checkFile(out);
    if (count < 1 || count > 10_000) {
      throw new UsageException("--count is " + count + ", allowed: 1 to 10000", null);
    }
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new UsageException(
          "--temperature is " + temperature + ", allowed: 0 and above, finite", "--temperature 1");
    }
    try (GpuVae vae = model.load(device.choose())) {
      if (!vae.config().isVariational()) {
        throw new UsageException(
            vae.config().name() + " is no variational model: nothing to draw from",
            Text.program() + " reconstruct " + Text.quoted(model.folder));
      }
      new Samples(vae).samples(count, seed, temperature, out);
    }
    say("%d samples, seed %d, temperature %s: %s", count, seed, temperature, out);
    if (json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("file", out.toString());
      result.put("count", count);
      result.put("seed", seed);
      result.put("temperature", temperature);
      sayJson(result);
    }
    return Main.OK;
  }
}
