package gpuvae.cli;

import gpuvae.Evaluation;
import gpuvae.GpuVae;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;
import gpuvae.data.Split;
import gpuvae.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae evaluate}. */
@Command(
    description = {
      "Computes a trained model's losses on the test set.",
      "",
      "ELBO, reconstruction and KL, in nats per sample, with one sample of z for each."
    },
    footer = {
      "  gpuvae evaluate runs/mlp-relu-mnist",
      "  gpuvae evaluate runs/mlp-relu-mnist --data mnist --json"
    })
final class EvaluateCommand extends BaseCommand {
  @Mixin ModelArgument model;
  @Mixin DataOptions data;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Also write the numbers there, as JSON.")
  Path out;

  @Mixin DeviceOption device;

  EvaluateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    try (GpuVae vae = model.load(device.choose())) {
      VaeConfig config = vae.config();
      Split split = DataOptions.load(data.over(model.trainedOn(config)), terminal);
      ModelFit.checkShape(config, split.test());
      ModelFit.checkRange(config, split);
      Evaluation result = vae.evaluate(split.test());
      print(vae, split, result);
      Map<String, Object> numbers = numbers(config, split, result);
      if (out != null) {
        AtomicFile.writeString(out, jsonLine(numbers) + System.lineSeparator());
      }
      if (json) {
        sayJson(numbers);
      }
    }
    return Main.OK;
  }

  private void print(GpuVae vae, Split split, Evaluation result) {
    VaeConfig config = vae.config();
    say("model           %s, %s", model.folder, config.name());
    sayLabelled("data            ", split.origin());
    say("                %s samples of %s", Text.count(result.samples()), split.test().name());
    say("protocol        %s, one sample of z", result.protocol());
    sayLabelled("device          ", DeviceOption.describe(vae.device()));
    say("");
    if (config.isVariational()) {
      say("ELBO            %10.3f nats per sample", elbo(result));
      say("reconstruction  %10.3f", result.reconstruction());
      say("KL              %10.3f", result.kl());
      if (result.klWeight() != 1) {
        say("loss            %10.3f (KL x %s)", result.total(), result.klWeight());
      }
    } else {
      say("reconstruction  %10.3f", result.reconstruction());
    }
    say("standard error  %10.3f", result.standardError());
    if (config.likelihood() == Likelihood.SQUARED_ERROR) {
      say("");
      say("The reconstruction is the squared error summed over a sample (mean of an");
      say("element: %.6g), a Gaussian's nats without the constant D/2 ln pi.", meanError(result));
    }
  }

  private static double elbo(Evaluation result) {
    return -(result.reconstruction() + result.kl());
  }

  private static double meanError(Evaluation result) {
    return result.meanSquaredError();
  }

  private Map<String, Object> numbers(VaeConfig config, Split split, Evaluation result) {
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("model", model.folder.toString());
    numbers.put("preset", config.name());
    numbers.put("data", split.test().name());
    numbers.put("protocol", result.protocol());
    numbers.put("samples", result.samples());
    numbers.put("elbo", config.isVariational() ? elbo(result) : Double.NaN);
    numbers.put("loss", result.total());
    numbers.put("reconstruction", result.reconstruction());
    numbers.put("kl", result.kl());
    numbers.put("kl_weight", result.klWeight());
    numbers.put("standard_error", result.standardError());
    numbers.put("mean_squared_error", meanError(result));
    return numbers;
  }
}
