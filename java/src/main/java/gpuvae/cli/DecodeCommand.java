package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.latent.LatentsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae decode}. */
@Command(
    description = {
      "Decodes latents of a CSV file.",
      "",
      "Takes the columns mu_0, mu_1 ... that gpuvae encode writes, or z_0, z_1 ...;",
      "without a header, rows of as many numbers as z has."
    },
    footer = {
      "  gpuvae decode runs/mlp-relu-mnist --in latents.csv",
      "  gpuvae decode runs/mlp-relu-mnist --in latents.csv --out decoded.csv"
    })
final class DecodeCommand extends BaseCommand {
  @Mixin ModelArgument model;

  @Option(
      names = "--in",
      paramLabel = "FILE",
      required = true,
      description = "The latents; must be given.")
  Path in;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "decoded.png",
      description = "A .png to look at, or a .csv of numbers. Default: ${DEFAULT-VALUE}.")
  Path out;

  @Mixin DeviceOption device;

  DecodeCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    Samples.checkFile(out);
    try (GpuVae vae = model.load(device.choose())) {
      float[] z = read(vae.config().latent());
      new Samples(vae).decoded(z, out);
      int rows = z.length / vae.config().latent();
      say("%s of %s: %s", Text.count(rows, "row"), in, out);
      if (json) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("file", out.toString());
        result.put("count", rows);
        sayJson(result);
      }
    }
    return Main.OK;
  }

  private float[] read(int latent) {
    try {
      return LatentsFile.read(in, latent);
    } catch (IOException e) {
      throw new UsageException(
          e, Text.program() + " encode " + Text.quoted(model.folder) + ", which makes one");
    }
  }
}
