package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.data.Dataset;
import gpuvae.latent.LatentPlane;
import gpuvae.latent.Latents;
import gpuvae.plot.Scatter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae scatter}. */
@Command(
    description = {
      "Draws where the test set lies in the latent space.",
      "",
      "A point for each posterior mean, coloured by class: on both latent dimensions,",
      "or where there are more, on the first two principal components."
    },
    footer = {
      "  gpuvae scatter runs/mlp-relu-mnist",
      "  gpuvae scatter runs/two --limit 2000 --out map.png"
    })
final class ScatterCommand extends BaseCommand {
  @Mixin ModelArgument model;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "scatter.png",
      description = "A .png. Default: ${DEFAULT-VALUE}.")
  Path out;

  @Mixin DataOptions data;
  @Mixin DeviceOption device;

  ScatterCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    if (Samples.isCsv(out)) {
      throw new UsageException(
          "--out " + out + ": this is a picture, expected a name that ends in .png",
          Text.program() + " encode " + Text.quoted(model.folder) + " --out " + out);
    }
    Samples.checkFile(out);
    try (GpuVae vae = model.load(device.choose())) {
      ModelFit.checkPlane(vae.config(), model.folder);
      Dataset test = model.testSet(vae, data, terminal);
      Latents latents = Latents.of(vae, test);
      LatentPlane plane = draw(latents, test);
      say("%s of %s: %s", Text.count(test.size(), "point"), test.name(), out);
      say("%s to the right, %s upwards", plane.axes().get(0), plane.axes().get(1));
      if (json) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("file", out.toString());
        result.put("data", test.name());
        result.put("count", test.size());
        result.put("axes", plane.axes());
        sayJson(result);
      }
    }
    return Main.OK;
  }

  private LatentPlane draw(Latents latents, Dataset test) throws IOException {
    try {
      LatentPlane plane = LatentPlane.of(latents);
      String title = Text.format("%s, %s", test.name(), Text.count(test.size(), "sample"));
      new Scatter(title, plane.axes().get(0), plane.axes().get(1))
          .write(out, plane.project(latents.mean()), latents.labels());
      return plane;
    } catch (IllegalArgumentException e) {
      throw new UsageException(e, "more data, and a model that is sound");
    }
  }
}
