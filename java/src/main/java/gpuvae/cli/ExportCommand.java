package gpuvae.cli;

import gpuvae.config.VaeConfig;
import gpuvae.io.PyTorchFile;
import gpuvae.io.Weights;
import gpuvae.model.ParameterLayout;
import gpuvae.onnx.OnnxExport;
import gpuvae.onnx.OnnxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpuvae export}. */
@Command(
    description = {
      "Writes a trained model for PyTorch, or for any runtime of ONNX.",
      "",
      "safetensors: one file of the weights, under the names of the PyTorch system that the preset"
          + " follows, and the lines of Python that load it.",
      "",
      "onnx: two files in evaluation mode, opset "
          + OnnxExport.OPSET
          + ", for batches of any size. From x encoder.onnx gives mu and log_variance, or mu and"
          + " sigma where the model has that; nothing in it is random: z = mu + sigma * noise is"
          + " yours to draw. From z decoder.onnx gives probabilities, or with squared error the"
          + " output. Images are [batch, channels, height, width].",
      "",
      "Both expect the input that the model was trained on: pixels from 0 to 1, which"
          + " conv-residual has less 0.1307 and divided by 0.3081; numbers as in the data. The"
          + " command says which, as do the files' metadata."
    },
    footer = {
      "  gpuvae export runs/mlp-relu-mnist --format safetensors \\",
      "      --out digits.safetensors",
      "  gpuvae export runs/mlp-relu-mnist --format onnx --out digits-onnx"
    })
final class ExportCommand extends BaseCommand {
  @Mixin ModelArgument model;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      required = true,
      description = "safetensors or onnx.")
  String format;

  @Option(
      names = "--out",
      paramLabel = "PATH",
      required = true,
      description = "The file to write, or for onnx the folder.")
  Path out;

  ExportCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    boolean onnx = format.equals("onnx");
    if (!onnx && !format.equals("safetensors")) {
      throw new UsageException(
          "--format is '" + format + "', allowed: safetensors, onnx", "--format onnx");
    }
    if (Files.exists(out) && Files.isDirectory(out) != onnx) {
      throw new UsageException(
          "--out %s is a %s".formatted(out, onnx ? "file" : "folder"),
          onnx ? "--out with a folder" : "--out " + out.resolve("model.safetensors"));
    }
    VaeConfig config = model.config();
    Weights weights = model.weights(config);
    say(
        "model           %s, %s, %s parameters",
        model.folder, config.name(), Text.count(new ParameterLayout(config).parameterCount()));
    sayLabelled("input           ", config.input().expectation());
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("format", format);
    result.put("preset", config.name());
    result.put("input", config.input().expectation());
    if (onnx) {
      writeOnnx(config, weights, result);
    } else {
      writeSafetensors(config, weights, result);
    }
    if (json) {
      sayJson(result);
    }
    return Main.OK;
  }

  private void writeSafetensors(VaeConfig config, Weights weights, Map<String, Object> result)
      throws IOException {
    PyTorchFile.write(out, config, weights);
    List<String> python = PyTorchFile.loading(out);
    say("weights         %s", out);
    say("");
    say("In Python, where model is an nn.Module with these names:");
    say("");
    python.forEach(line -> words().println("  " + line));
    result.put("files", List.of(out.toString()));
    result.put("python", python);
  }

  private void writeOnnx(VaeConfig config, Weights weights, Map<String, Object> result)
      throws IOException {
    List<OnnxFile> files = OnnxExport.write(config, weights, out);
    say("opset           %d", OnnxExport.OPSET);
    for (OnnxFile file : files) {
      say("");
      say("%s", file.path());
      sayLabelled("  ", file.signature());
    }
    result.put("opset", OnnxExport.OPSET);
    result.put("files", files.stream().map(file -> file.path().toString()).toList());
  }
}
