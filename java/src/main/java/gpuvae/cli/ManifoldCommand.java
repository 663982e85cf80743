package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.latent.Latents;
import gpuvae.latent.Manifold;
import gpuvae.latent.PrincipalComponents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae manifold}. */
@Command(
    description = {
      "Decodes a plane through the latent space.",
      "",
      "With two latent dimensions, all of the prior: a grid over the quantiles of the",
      "normal distribution. With more, or without a prior, the plane of the first two",
      "principal components of the test set's latents, as wide as they lie there."
    },
    footer = {
      "  gpuvae manifold runs/two",
      "  gpuvae manifold runs/mlp-relu-mnist --width 20 --out plane.png"
    })
final class ManifoldCommand extends BaseCommand {
  @Mixin ModelArgument model;

  @Option(
      names = "--width",
      paramLabel = "N",
      defaultValue = "15",
      description = "Pictures in a line. Default: ${DEFAULT-VALUE}.")
  int width;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "manifold.png",
      description = "A .png to look at, or a .csv of numbers. Default: ${DEFAULT-VALUE}.")
  Path out;

  @Mixin DataOptions data;
  @Mixin DeviceOption device;

  ManifoldCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    Samples.checkFile(out);
    if (width < 1 || width > 100) {
      throw new UsageException("--width is " + width + ", allowed: 1 to 100", null);
    }
    try (GpuVae vae = model.load(device.choose())) {
      ModelFit.checkPlane(vae.config(), model.folder);
      boolean prior = vae.config().isVariational() && vae.config().latent() == 2;
      float[] z = prior ? Manifold.ofPrior(width) : ofData(vae);
      new Samples(vae).decodedSeamless(z, width, out);
      say(
          "%s: %s",
          prior
              ? "z_0 to the right, z_1 upwards, over the prior"
              : "principal component 1 to the right, 2 upwards, over the data",
          out);
      if (json) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("file", out.toString());
        result.put("width", width);
        result.put("over", prior ? "prior" : "principal components");
        sayJson(result);
      }
    }
    return Main.OK;
  }

  private float[] ofData(GpuVae vae) {
    Latents latents = Latents.of(vae, model.testSet(vae, data, terminal));
    try {
      return Manifold.ofPlane(PrincipalComponents.of(latents.mean(), latents.latent()), width);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e, "more data, and a model that is sound");
    }
  }
}
