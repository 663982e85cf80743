package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.data.Dataset;
import gpuvae.data.Split;
import gpuvae.latent.Latents;
import gpuvae.latent.LatentsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae encode}. */
@Command(
    description = {
      "Writes where data lies in the latent space, as CSV.",
      "",
      "A row for each sample of the test set: its label where labels are known, the",
      "means mu_0, mu_1 ... and the standard deviations sigma_0, sigma_1 ..."
    },
    footer = {
      "  gpuvae encode runs/mlp-relu-mnist",
      "  gpuvae encode runs/mlp-relu-mnist --train --out train.csv"
    })
final class EncodeCommand extends BaseCommand {
  @Mixin ModelArgument model;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "latents.csv",
      description = "Where. Default: ${DEFAULT-VALUE}.")
  Path out;

  @Option(names = "--train", description = "The training set in place of the test set.")
  boolean train;

  @Mixin DataOptions data;
  @Mixin DeviceOption device;

  EncodeCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    if (!Samples.isCsv(out)) {
      throw new UsageException(
          "--out " + out + ": expected a name that ends in .csv", "--out " + out + ".csv");
    }
    try (GpuVae vae = model.load(device.choose())) {
      Split split = model.split(vae, data, terminal);
      Dataset set = train ? split.train() : split.test();
      Latents latents = Latents.of(vae, set);
      LatentsFile.write(out, latents);
      say(
          "%s of %s, %s each: %s",
          Text.count(latents.rows(), "row"), set.name(), columns(latents), out);
      if (json) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("file", out.toString());
        result.put("data", set.name());
        result.put("count", latents.rows());
        result.put("latent", latents.latent());
        result.put("labels", latents.labels() != null);
        result.put("sigma", latents.sigma() != null);
        sayJson(result);
      }
    }
    return Main.OK;
  }

  private static String columns(Latents latents) {
    String means = Text.count(latents.latent(), "mean");
    return latents.sigma() == null ? means + " (it has no sigma)" : means + " and sigmas";
  }
}
