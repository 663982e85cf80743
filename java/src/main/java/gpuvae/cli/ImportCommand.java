package gpuvae.cli;

import gpuvae.config.VaeConfig;
import gpuvae.io.ConfigFile;
import gpuvae.io.ImportedWeights;
import gpuvae.io.MisfitException;
import gpuvae.io.ModelFolder;
import gpuvae.io.NameMap;
import gpuvae.io.PyTorchFile;
import gpuvae.model.ParameterLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gpuvae import}. */
@Command(
    description = {
      "Makes a model of weights that PyTorch wrote.",
      "",
      "FILE is what safetensors.torch.save_file(model.state_dict(), FILE) writes. Every tensor of"
          + " the model must be there in its shape, and no other: all that does not fit is named."
          + " float64, float16 and bfloat16 become float32.",
      "",
      "Where names differ, --map names a text file of lines THEIRS = OURS. THEIRS is a tensor"
          + " (fc1.weight) or a module with all in it (fc1); the longest that applies counts."
          + " Nothing after the sign leaves out. # begins a comment.",
      "",
      "    # names of my network",
      "    enc.0      = encoder.fc1",
      "    enc.mu     = encoder.fc2_mu",
      "    classifier =",
      "",
      "The model expects the preset's input: pixels from 0 to 1, which conv-residual has less"
          + " 0.1307 and divided by 0.3081; numbers as in the data."
    },
    footer = {
      "  gpuvae import digits.safetensors --preset mlp-relu --out runs/torch",
      "  gpuvae import mine.safetensors --preset conv-upsample --map names.txt \\",
      "      --out runs/mine",
      "  gpuvae import mine.safetensors --config runs/other/config.json \\",
      "      --out runs/mine"
    })
final class ImportCommand extends BaseCommand {
  @Parameters(index = "0", paramLabel = "FILE", description = "A safetensors file.")
  Path file;

  @Option(
      names = "--preset",
      paramLabel = "PRESET",
      completionCandidates = PresetNames.class,
      description = "${COMPLETION-CANDIDATES}.")
  String preset;

  @Option(names = "--latent", paramLabel = "N", description = "Size of z. Default: the preset's.")
  Integer latent;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "In place of a preset: the config.json of a model of gpuvae's.")
  Path configFile;

  @Option(names = "--map", paramLabel = "FILE", description = "Names that differ.")
  Path map;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "The model's folder.")
  Path out;

  @Option(names = "--overwrite", description = "Replace the model in DIR.")
  boolean overwrite;

  ImportCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    VaeConfig config = config();
    RunFolder.check(out, overwrite, "--overwrite to replace it, or another --out");
    ImportedWeights imported = read(config);
    if (RunFolder.isTaken(out)) {
      RunFolder.clear(out);
    }
    ModelFolder.write(out, config, imported.weights());
    long parameters = new ParameterLayout(config).parameterCount();
    say("model           %s, %s, %s parameters", out, config.name(), Text.count(parameters));
    sayLabelled("input           ", config.input().expectation());
    imported.remarks().forEach(remark -> sayLabelled("note            ", remark));
    if (json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("model", out.toString());
      result.put("preset", config.name());
      result.put("parameters", parameters);
      result.put("input", config.input().expectation());
      result.put("notes", imported.remarks());
      sayJson(result);
    }
    return Main.OK;
  }

  private VaeConfig config() {
    if ((preset == null) == (configFile == null)) {
      throw new UsageException(
          "which network the weights are of: --preset or --config", "--preset mlp-relu");
    }
    if (latent != null && configFile != null) {
      throw new UsageException(
          "--latent changes a preset, --config says its own", "without --latent");
    }
    try {
      VaeConfig config = preset == null ? ConfigFile.read(configFile) : PresetNames.config(preset);
      return latent == null ? config : config.toBuilder().latent(latent).build();
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException(e, null);
    }
  }

  private ImportedWeights read(VaeConfig config) {
    try {
      if (PyTorchFile.isPickle(file)) {
        throw new UsageException(
            file + " is a pickle of PyTorch's, which may run any program while it is read",
            "in Python: " + PyTorchFile.conversion(file));
      }
      return PyTorchFile.read(file, config, map == null ? NameMap.NONE : NameMap.read(map));
    } catch (MisfitException e) {
      throw new UsageException(
          e, "--map FILE for other names, --latent or --config for other sizes");
    } catch (IOException e) {
      throw new UsageException(e, null);
    }
  }
}
