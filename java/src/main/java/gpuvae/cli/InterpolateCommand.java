package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.latent.Interpolation;
import gpuvae.latent.Walk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gpuvae interpolate}. */
@Command(
    description = {
      "Walks from latent to latent and decodes along the way.",
      "",
      "Writes a picture with a line for each leg of the walk, and beside it a GIF that",
      "walks to the end and back."
    },
    footer = {
      "  gpuvae interpolate runs/mlp-relu-mnist image:3 image:17",
      "  gpuvae interpolate runs/mlp-relu-mnist class:3 class:8 class:0",
      "  gpuvae interpolate runs/mlp-relu-mnist csv:latents.csv:0 csv:latents.csv:1",
      "  gpuvae interpolate runs/two z:-1,0.5 z:2,0 --spherical --out walk.png"
    })
final class InterpolateCommand extends BaseCommand {
  private static final int FRAMES = 24;
  private static final int MILLIS = 60;

  @Mixin ModelArgument model;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "POINT",
      description = {
        "Two or more of",
        "image:INDEX, a sample of the test set, from 0;",
        "class:LABEL, the average latent of a class;",
        "csv:FILE:ROW, a row of latents as for gpuvae decode, from 0;",
        "z:NUMBERS, the latent itself, with commas."
      })
  List<String> points;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "11",
      description =
          "Pictures from each point to the next, both among them; with an odd number one is in the"
              + " middle. Default: ${DEFAULT-VALUE}.")
  int steps;

  @Option(
      names = "--spherical",
      description = "Along great arcs, which keep the norm typical of the prior; else straight.")
  boolean spherical;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "interpolation.png",
      description =
          "A .png to look at (and a .gif beside it), or a .csv of numbers. Default:"
              + " ${DEFAULT-VALUE}.")
  Path out;

  @Mixin DataOptions data;
  @Mixin DeviceOption device;

  InterpolateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    if (points.size() < 2) {
      throw new UsageException(
          "a walk needs two points or more, " + points.getFirst() + " is one",
          Text.program()
              + " interpolate %s %s image:0"
                  .formatted(Text.quoted(model.folder), points.getFirst()));
    }
    Samples.checkFile(out);
    if (steps < 2 || steps > 100) {
      throw new UsageException("--steps is " + steps + ", allowed: 2 to 100", null);
    }
    Interpolation way = spherical ? Interpolation.SPHERICAL : Interpolation.LINEAR;
    Path gif = Samples.isCsv(out) ? null : Samples.gifBeside(out);
    try (GpuVae vae = model.load(device.choose())) {
      Points named = new Points(vae, new Lazy<>(() -> model.testSet(vae, data, terminal)));
      Walk walk = new Walk(points.stream().map(named::parse).toList(), way);
      Samples samples = new Samples(vae);
      samples.decoded(walk.legs(steps), steps, out);
      if (gif != null) {
        samples.animated(walk.thereAndBack(FRAMES), MILLIS, gif);
      }
    }
    String from = String.join(" to ", points);
    say("%s, %s: %s", from, spherical ? "spherical" : "linear", out);
    if (gif != null) {
      say("as an animation: %s", gif);
    }
    if (json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("file", out.toString());
      result.put("animation", gif == null ? null : gif.toString());
      result.put("points", points);
      result.put("steps", steps);
      result.put("spherical", spherical);
      sayJson(result);
    }
    return Main.OK;
  }
}
