package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.data.Dataset;
import gpuvae.latent.Traversal;
import gpuvae.measure.LatentUse;
import gpuvae.measure.LatentUse.Dimension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae traverse}. */
@Command(
    description = {
      "Changes single latent dimensions and decodes.",
      "",
      "With --dims, a grid over two dimensions (the first ascends to the right, the",
      "second upwards), or a line along one. With --all, a line for each dimension",
      "that carries KL, most first."
    },
    footer = {
      "  gpuvae traverse runs/mlp-relu-mnist --all",
      "  gpuvae traverse runs/mlp-relu-mnist --dims 2,18 --range 7 --width 13",
      "  gpuvae traverse runs/mlp-relu-mnist --dims 2,18 --index 5"
    })
final class TraverseCommand extends BaseCommand {
  @Mixin ModelArgument model;

  @Option(
      names = "--dims",
      paramLabel = "I,J",
      split = ",",
      hideParamSyntax = true,
      description = "One or two latent dimensions, from 0.")
  List<Integer> dims;

  @Option(
      names = "--all",
      description = "Each dimension with a KL above 0.01 nats on the test set.")
  boolean all;

  @Option(
      names = "--range",
      paramLabel = "R",
      defaultValue = "3",
      description = "How far from the centre, each way. Default: ${DEFAULT-VALUE}.")
  double range;

  @Option(
      names = "--width",
      paramLabel = "N",
      defaultValue = "13",
      description =
          "Pictures from one end to the other; with an odd number one is the centre. Default:"
              + " ${DEFAULT-VALUE}.")
  int width;

  @Option(
      names = "--index",
      paramLabel = "I",
      description = "The centre: the mean of this sample of the test set, from 0. Default: z = 0.")
  Integer index;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "traversal.png",
      description = "A .png to look at, or a .csv of numbers. Default: ${DEFAULT-VALUE}.")
  Path out;

  @Mixin DataOptions data;
  @Mixin DeviceOption device;

  TraverseCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    Samples.checkFile(out);
    checkNumbers();
    try (GpuVae vae = model.load(device.choose())) {
      int latent = vae.config().latent();
      checkDims(latent);
      Lazy<Dataset> test = new Lazy<>(() -> model.testSet(vae, data, terminal));
      float[] centre = index == null ? new float[latent] : new Points(vae, test).image(index);
      Traversal traversal = new Traversal(centre, range, width);
      Samples samples = new Samples(vae);
      if (all) {
        List<Dimension> carrying = carrying(vae, test.get());
        int[] rows = carrying.stream().mapToInt(Dimension::index).toArray();
        List<String> names = carrying.stream().map(TraverseCommand::name).toList();
        samples.decoded(traversal.rows(rows), width, names, out);
        tellRows(carrying);
      } else if (dims.size() == 1) {
        samples.decoded(traversal.rows(dims.getFirst()), width, out);
        tell("z_%d to the right", dims.getFirst());
      } else {
        samples.decoded(traversal.grid(dims.get(0), dims.get(1)), width, out);
        tell("z_%d to the right, z_%d upwards", dims.get(0), dims.get(1));
      }
    }
    return Main.OK;
  }

  private void checkNumbers() {
    if (all == (dims != null)) {
      throw new UsageException(
          all ? "--all and --dims exclude each other" : "which dimensions? None is named",
          "--all, or --dims I,J");
    }
    if (dims != null && dims.size() > 2) {
      throw new UsageException("--dims takes one dimension or two", "--dims 0,1");
    }
    if (!(range > 0 && range < Double.POSITIVE_INFINITY)) {
      throw new UsageException("--range is " + range + ", allowed: positive, finite numbers", null);
    }
    if (width < 2 || width > 100) {
      throw new UsageException("--width is " + width + ", allowed: 2 to 100", null);
    }
  }

  private void checkDims(int latent) {
    for (int dim : dims == null ? List.<Integer>of() : dims) {
      if (dim < 0 || dim >= latent) {
        throw new UsageException(
            "there is no latent dimension %d, the model has 0 to %d".formatted(dim, latent - 1),
            null);
      }
    }
  }

  private List<Dimension> carrying(GpuVae vae, Dataset test) {
    if (!vae.config().isVariational()) {
      throw new UsageException(
          vae.config().name() + " is no variational model: its dimensions have no KL",
          "--dims I,J");
    }
    List<Dimension> carrying = LatentUse.of(vae, test).carrying();
    if (carrying.isEmpty()) {
      throw new UsageException(
          "no dimension has a KL above 0.01 nats: the posterior has collapsed to the prior",
          "training with a smaller --beta, or here --dims 0,1");
    }
    return carrying;
  }

  private void tell(String axes, Object... values) {
    say("%s, %s to %s around %s: %s", Text.format(axes, values), -range, range, centreName(), out);
    if (json) {
      sayJson(result(dims));
    }
  }

  private static String name(Dimension dimension) {
    return "z_" + dimension.index();
  }

  private void tellRows(List<Dimension> rows) {
    say("%s to %s around %s, lines from the top: %s", -range, range, centreName(), out);
    for (Dimension row : rows) {
      say("  %-6s %8.3f nats of KL", name(row), row.kl());
    }
    if (json) {
      Map<String, Object> result = result(rows.stream().map(Dimension::index).toList());
      result.put("kl", rows.stream().map(Dimension::kl).toList());
      sayJson(result);
    }
  }

  private String centreName() {
    return index == null ? "0" : "image " + index;
  }

  private Map<String, Object> result(List<Integer> dimensions) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("file", out.toString());
    result.put("dimensions", dimensions);
    result.put("range", range);
    result.put("width", width);
    result.put("index", index);
    return result;
  }
}
