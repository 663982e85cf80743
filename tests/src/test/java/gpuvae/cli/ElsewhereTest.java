package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.VaeConfig;
import gpuvae.io.ModelFolder;
import gpuvae.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands export and import. */
class ElsewhereTest {
  @TempDir Path temporary;
  private Path model;
  private Path weights;
  private Path out;

  @BeforeEach
  void save() throws IOException {
    model = temporary.resolve("model");
    weights = temporary.resolve("weights.safetensors");
    out = temporary.resolve("out");
    VaeConfig config = VaeConfig.preset("mlp-softplus");
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 1)) {
      vae.save(model);
    }
  }

  private void export() {
    Cli.Result result = Cli.run("export", model, "--format", "safetensors", "--out", weights);
    assertEquals(0, result.code(), result.err());
  }

  @Test
  void whatIsExportedIsImportedBitForBit() throws IOException {
    export();
    Cli.Result result =
        Cli.run("import", weights, "--preset", "mlp-softplus", "--out", out, "--json");
    assertEquals(0, result.code(), result.err());
    assertEquals(
        Map.of(
            "model",
            out.toString(),
            "preset",
            "mlp-softplus",
            "parameters",
            154L,
            "input",
            "values as they are in the data",
            "notes",
            List.of()),
        result.json().getFirst());
    for (String name : List.of(ModelFolder.MODEL, ModelFolder.CONFIG)) {
      assertArrayEquals(
          Files.readAllBytes(model.resolve(name)), Files.readAllBytes(out.resolve(name)), name);
    }
    assertFalse(Files.exists(out.resolve(ModelFolder.STATE)));
  }

  @Test
  void exportSaysHowPythonLoadsIt() throws IOException {
    String path = weights.toString();
    String words = Cli.run("export", model, "--format", "safetensors", "--out", path).out();
    assertTrue(words.contains("mlp-softplus, 154 parameters"), words);
    assertTrue(words.contains("input           values as they are in the data"), words);
    assertTrue(
        words.endsWith(
            """

              from safetensors.torch import load_file
              weights = load_file("%s")
              model.load_state_dict(weights)
            """
                .formatted(path)),
        words);
  }

  @Test
  void onnxIsTwoFilesInAFolder() throws IOException {
    Cli.Result result = Cli.run("export", model, "--format", "onnx", "--out", out);
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().contains("opset           17"), result.out());
    assertTrue(result.out().contains("x [batch, 10] to mu [batch, 2], sigma [batch, 2]"));
    assertTrue(result.out().contains("z [batch, 2] to output [batch, 10]"), result.out());
    Map<String, Object> json =
        Cli.run("export", model, "--format", "onnx", "--out", out, "--json").json().getFirst();
    assertEquals(17L, json.get("opset"));
    List<String> files =
        List.of(out.resolve("encoder.onnx").toString(), out.resolve("decoder.onnx").toString());
    assertEquals(files, json.get("files"));
    for (String file : files) {
      assertTrue(Files.size(Path.of(file)) > 0, file);
    }
  }

  @Test
  void anotherConfigurationInPlaceOfAPreset() throws IOException {
    export();
    Path config = model.resolve(ModelFolder.CONFIG);
    Cli.Result result = Cli.run("import", weights, "--config", config, "--out", out);
    assertEquals(0, result.code(), result.err());
    assertArrayEquals(
        Files.readAllBytes(config), Files.readAllBytes(out.resolve(ModelFolder.CONFIG)));
  }

  @Test
  void anotherLatentSizeIsToldAndTaken() {
    export();
    Cli.Result misfit =
        Cli.run("import", weights, "--preset", "mlp-softplus", "--latent", 3, "--out", out);
    assertEquals(2, misfit.code());
    assertTrue(
        misfit.err().contains("tensors missing 0, unexpected 0, of another shape 5"), misfit.err());
    assertTrue(
        misfit.err().contains("  another shape: dec_fc1.weight [5, 2], the model has [5, 3]"),
        misfit.err());
    assertTrue(misfit.err().contains("try: --map FILE"), misfit.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void aModelIsReplacedOnlyWhenAskedFor() throws IOException {
    export();
    Object[] command = {"import", weights, "--preset", "mlp-softplus", "--out", model};
    Cli.Result refused = Cli.run(command);
    assertEquals(2, refused.code());
    assertTrue(refused.err().contains("holds a model already"), refused.err());
    assertTrue(Files.exists(model.resolve(ModelFolder.STATE)));
    Files.createFile(model.resolve("samples.png"));
    Files.createFile(model.resolve(Trainer.METRICS));
    Cli.Result replaced =
        Cli.run("import", weights, "--preset", "mlp-softplus", "--out", model, "--overwrite");
    assertEquals(0, replaced.code(), replaced.err());
    for (String old : List.of(ModelFolder.STATE, Trainer.METRICS, "samples.png")) {
      assertFalse(Files.exists(model.resolve(old)), old);
    }
    assertTrue(Files.exists(model.resolve(ModelFolder.MODEL)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "export MODEL|--format",
        "export MODEL --format onnx|--out",
        "export MODEL --format pickle --out OUT|allowed: safetensors, onnx",
        "export nowhere --format onnx --out OUT|config.json",
        "export MODEL --format safetensors --out MODEL|is a folder",
        "export MODEL --format onnx --out WEIGHTS|is a file",
        "import WEIGHTS --preset mlp-softplus|--out",
        "import WEIGHTS --out OUT|--preset or --config",
        "import WEIGHTS --preset mlp-softplus --config MODEL/config.json --out OUT|--preset or",
        "import WEIGHTS --config MODEL/config.json --latent 3 --out OUT|--latent",
        "import WEIGHTS --preset mlp-softplus --latent 0 --out OUT|latent is 0",
        "import WEIGHTS --preset mlp --out OUT|allowed: mlp-relu",
        "import WEIGHTS --config nowhere.json --out OUT|nowhere.json: no such file",
        "import nowhere --preset mlp-relu --out OUT|nowhere: no such file",
        "import WEIGHTS --preset mlp-softplus --map nowhere --out OUT|nowhere: no such file",
        "import WEIGHTS --preset mlp-softplus --out WEIGHTS|is a file",
        "import WEIGHTS --preset autoencoder --out OUT|missing: encoder.0.weight [5, 10]",
        "import PICKLE --preset mlp-softplus --out OUT|torch.load(",
        "import CUT --preset mlp-softplus --out OUT|CUT: ",
      })
  void refused(String command, String words) throws IOException {
    export();
    Path pickle = temporary.resolve("model.pt");
    Files.write(pickle, new byte[] {'P', 'K', 3, 4, 0, 0, 8, 8, 0});
    Path cut = temporary.resolve("cut.safetensors");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(weights), 900));
    Object[] arguments =
        command
            .replace("MODEL", model.toString())
            .replace("WEIGHTS", weights.toString())
            .replace("PICKLE", pickle.toString())
            .replace("CUT", cut.toString())
            .replace("OUT", out.toString())
            .split(" +");
    Cli.Result result = Cli.run(arguments);
    assertEquals(2, result.code(), result.err());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("error: "), result.err());
    assertTrue(result.err().contains(words.replace("CUT", cut.toString())), result.err());
    assertFalse(Files.exists(out), "something was written");
  }
}
