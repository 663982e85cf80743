package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.data.Dataset;
import gpuvae.page.Explorer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae explore}. */
@Command(
    description = {
      "Writes a page to walk through the latent space in a browser.",
      "",
      "One file, no server, no network: sliders for the latents, a map of the test set, class"
          + " averages, the way between two samples, the training curves. Dense decoders run in the"
          + " page; of others it has a grid decoded beforehand."
    },
    footer = {
      "  gpuvae explore runs/mlp-relu-mnist",
      "  gpuvae explore runs/mlp-relu-mnist --data digits --out digits.html"
    })
final class ExploreCommand extends BaseCommand {
  @Mixin ModelArgument model;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "explorer.html",
      description = "The page. Default: ${DEFAULT-VALUE}.")
  Path out;

  @Mixin DataOptions data;
  @Mixin DeviceOption device;

  ExploreCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    if (!out.toString().toLowerCase(Locale.ROOT).endsWith(".html")) {
      throw new UsageException(
          "--out " + out + ": expected a name that ends in .html", "--out " + out + ".html");
    }
    try (GpuVae vae = model.load(device.choose())) {
      Dataset test = DataOptions.load(data.over(model.trainedOn(vae.config())), terminal).test();
      ModelFit.checkShape(vae.config(), test);
      try {
        Explorer.write(out, vae, test, model.folder);
      } catch (IllegalArgumentException e) {
        throw new UsageException(e, "a larger --limit, or another model");
      }
      long size = Files.size(out);
      say("%s (%s) with %s: open it in a browser", out, Text.bytes(size), test.name());
      if (json) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("file", out.toString());
        result.put("bytes", size);
        result.put("data", test.name());
        sayJson(result);
      }
    }
    return Main.OK;
  }
}
