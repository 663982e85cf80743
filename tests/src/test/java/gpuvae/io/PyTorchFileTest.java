package gpuvae.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.GpuVae;
import gpuvae.Posterior;
import gpuvae.backend.Device;
import gpuvae.config.LayerConfig;
import gpuvae.config.VaeConfig;
import gpuvae.model.ParameterLayout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights to PyTorch's files and back; files that do not fit. */
class PyTorchFileTest {
  private static final VaeConfig CONFIG =
      VaeConfig.builder()
          .input(4)
          .encoder(LayerConfig.dense("e1", 3), LayerConfig.batchNorm("e2"))
          .latent(2)
          .decoder(LayerConfig.dense("d1", 3))
          .outputName("d2")
          .build();

  @TempDir Path folder;

  private static Weights random(VaeConfig config) {
    Random random = new Random(1);
    ParameterLayout layout = new ParameterLayout(config);
    float[] parameters = new float[layout.flatSize()];
    for (ParameterLayout.Entry entry : layout.entries()) {
      for (int i = 0; i < entry.size(); i++) {
        parameters[entry.offset() + i] = (float) random.nextGaussian();
      }
    }
    float[] statistics = new float[layout.statisticsSize()];
    for (ParameterLayout.Entry entry : layout.statistics()) {
      for (int i = 0; i < entry.size(); i++) {
        statistics[entry.offset() + i] = random.nextFloat();
      }
    }
    return new Weights(parameters, statistics, 12);
  }

  private Path written() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    PyTorchFile.write(file, CONFIG, random(CONFIG));
    return file;
  }

  @Test
  void whatIsWrittenIsReadBitForBit() throws IOException {
    Weights weights = random(CONFIG);
    ImportedWeights back = PyTorchFile.read(written(), CONFIG, NameMap.NONE);
    assertArrayEquals(weights.parameters(), back.weights().parameters());
    assertArrayEquals(weights.statistics(), back.weights().statistics());
    assertEquals(12, back.weights().batchesTracked());
    assertEquals(List.of(), back.remarks());
  }

  @Test
  void aFileHasTheNamesOfTheStateDictAndSaysWhatTheInputIs() throws IOException {
    try (SafetensorsReader reader = SafetensorsReader.open(written())) {
      assertEquals(
          Map.of("format", "pt", "preset", "custom", "input", "values as they are in the data"),
          reader.metadata());
      assertEquals(
          Set.of(
              "e1.weight",
              "e1.bias",
              "e2.weight",
              "e2.bias",
              "e2.running_mean",
              "e2.running_var",
              "e2.num_batches_tracked",
              CONFIG.meanName() + ".weight",
              CONFIG.meanName() + ".bias",
              CONFIG.secondName() + ".weight",
              CONFIG.secondName() + ".bias",
              "d1.weight",
              "d1.bias",
              "d2.weight",
              "d2.bias"),
          reader.names());
    }
  }

  /**
   * mlp-softplus as PyTorch 2.13 initialises and saves it, its modules in another called net, with
   * what it computes of it in float64; read under the preset's names.
   */
  @Test
  void pyTorchsOwnFileComputesWhatPyTorchDid() throws IOException {
    Path file = folder.resolve("torch.safetensors");
    try (InputStream in = getClass().getResourceAsStream("/torch/mlp-softplus.safetensors")) {
      Files.copy(in, file);
    }
    Path names = folder.resolve("names.txt");
    Files.writeString(
        names,
        """
        net.enc_fc1 = enc_fc1
        net.enc_mu = enc_mu
        net.enc_sig = enc_sig
        net.dec_fc1 = dec_fc1
        net.dec_fc2 = dec_fc2
        expected =
        """);
    VaeConfig config = VaeConfig.preset("mlp-softplus");
    ImportedWeights imported = PyTorchFile.read(file, config, NameMap.read(names));
    assertEquals(List.of("4 tensors left out, as the map says"), imported.remarks());
    ModelFolder.write(folder.resolve("model"), config, imported.weights());
    try (GpuVae vae = GpuVae.load(folder.resolve("model"), Device.cpu());
        SafetensorsReader expected = SafetensorsReader.open(file)) {
      Posterior posterior = vae.encode(expected.floats("expected.x"));
      assertArrayEquals(expected.floats("expected.mu"), posterior.mean(), 1e-6f);
      assertArrayEquals(expected.floats("expected.sigma"), posterior.sigma(), 1e-6f);
      float[] decoded = vae.decode(expected.floats("expected.mu"));
      assertArrayEquals(expected.floats("expected.decoded"), decoded, 1e-6f);
    }
  }

  @Test
  void allThatDoesNotFitIsNamedWithBothShapes() throws IOException {
    Path file = folder.resolve("wrong.safetensors");
    SafetensorsWriter wrong = new SafetensorsWriter();
    try (SafetensorsReader reader = SafetensorsReader.open(written())) {
      for (String name : reader.names()) {
        if (!name.startsWith("d1") && !name.equals("e2.num_batches_tracked")) {
          TensorInfo info = reader.info(name);
          wrong.add(name.replace("e2", "n.e2"), info.dtype(), info.shape(), reader.bytes(name));
        }
      }
    }
    wrong.add("d1.weight", new long[] {2, 3}, new float[6]);
    wrong.add("d1.bias", new long[] {3, 1}, new float[3]);
    wrong.add("e2.num_batches_tracked", new long[] {1}, new long[1]);
    wrong.add("stranger", new long[0], new float[1]);
    wrong.write(file);
    String message =
        assertThrows(MisfitException.class, () -> PyTorchFile.read(file, CONFIG, NameMap.NONE))
            .getMessage();
    assertEquals(
        file + " does not fit the model: tensors missing 4, unexpected 5, of another shape 3",
        message.lines().findFirst().orElseThrow());
    assertEquals(
        Set.of(
            "missing: e2.weight [3]",
            "missing: e2.bias [3]",
            "missing: e2.running_mean [3]",
            "missing: e2.running_var [3]",
            "unexpected: n.e2.weight [3]",
            "unexpected: n.e2.bias [3]",
            "unexpected: n.e2.running_mean [3]",
            "unexpected: n.e2.running_var [3]",
            "unexpected: stranger []",
            "another shape: d1.weight [2, 3], the model has [3, 2]",
            "another shape: d1.bias [3, 1], the model has [3]",
            "another shape: e2.num_batches_tracked [1], the model has []"),
        Set.copyOf(message.lines().skip(1).map(String::strip).toList()));
  }

  @Test
  void aRenamedTensorIsToldByBothNames() throws IOException {
    Path names = Files.writeString(folder.resolve("names.txt"), "d1.weight = d2.weight\nd2 =");
    Path file = written();
    String message =
        assertThrows(
                MisfitException.class, () -> PyTorchFile.read(file, CONFIG, NameMap.read(names)))
            .getMessage();
    assertTrue(
        message.contains("another shape: d1.weight [3, 2] as d2.weight, the model has [4, 3]"),
        message);
  }

  @Test
  void otherPrecisionsAreConvertedWithAWord() throws IOException {
    Path file = folder.resolve("precisions.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (SafetensorsReader reader = SafetensorsReader.open(written())) {
      for (String name : reader.names()) {
        TensorInfo info = reader.info(name);
        if (info.dtype() == DType.I64) {
          writer.add(name, info.shape(), reader.longs(name));
        } else if (name.equals("e1.weight")) {
          writer.add(name, DType.F16, info.shape(), halves(12, (short) 0x3E00));
        } else if (name.equals("e1.bias")) {
          writer.add(name, DType.BF16, info.shape(), halves(3, (short) 0xC020));
        } else {
          writer.add(name, info.shape(), reader.doubles(name));
        }
      }
    }
    writer.write(file);
    ImportedWeights read = PyTorchFile.read(file, CONFIG, NameMap.NONE);
    assertEquals(
        List.of(
            "12 tensors of float64, rounded to float32",
            "1 tensor of float16, made float32",
            "1 tensor of bfloat16, made float32"),
        read.remarks());
    assertArrayEquals(random(CONFIG).statistics(), read.weights().statistics());
    ParameterLayout layout = new ParameterLayout(CONFIG);
    assertEquals(1.5f, read.weights().parameters()[layout.entry("e1.weight").offset() + 11]);
    assertEquals(-2.5f, read.weights().parameters()[layout.entry("e1.bias").offset() + 2]);
  }

  private static byte[] halves(int count, short bits) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putShort(bits);
    }
    return bytes.array();
  }

  @Test
  void aFileCutShortAnywhereIsRefused() throws IOException {
    Path file = written();
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length += 1 + length / 7) {
      Files.write(file, Arrays.copyOf(whole, length));
      IOException e =
          assertThrows(
              IOException.class, () -> PyTorchFile.read(file, CONFIG, NameMap.NONE), "" + length);
      assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    }
  }

  @Test
  void picklesAreKnownAndRefused() throws IOException {
    Path zip = folder.resolve("zip.pt");
    Files.write(zip, new byte[] {'P', 'K', 3, 4, 0, 0, 8, 8, 0, 0});
    Path old = folder.resolve("old.pt");
    Files.write(old, new byte[] {(byte) 0x80, 2, (byte) 0x8A, 10, 'l', (byte) 0xFC, 1, 2, 3});
    for (Path file : List.of(zip, old)) {
      assertTrue(PyTorchFile.isPickle(file), file.toString());
      IOException e =
          assertThrows(IOException.class, () -> PyTorchFile.read(file, CONFIG, NameMap.NONE));
      assertTrue(e.getMessage().contains("a pickle of PyTorch's"), e.getMessage());
    }
  }

  /** A header of 640 bytes begins as an old pickle does. */
  @Test
  void noSafetensorsFileIsTakenForAPickle() throws IOException {
    byte[] header = ("{}" + " ".repeat(638)).getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(folder.resolve("f"), RawSafetensors.file(header, new byte[0]));
    assertEquals((byte) 0x80, Files.readAllBytes(file)[0]);
    assertFalse(PyTorchFile.isPickle(file));
    assertFalse(PyTorchFile.isPickle(written()));
    assertFalse(PyTorchFile.isPickle(Files.write(folder.resolve("empty"), new byte[0])));
  }

  @Test
  void linesOfPythonQuotePaths() {
    assertEquals(
        "import torch, safetensors.torch as s; s.save_file("
            + "torch.load(\"my \\\"best\\\".v2.pt\", weights_only=True),"
            + " \"my \\\"best\\\".v2.safetensors\")",
        PyTorchFile.conversion(Path.of("my \"best\".v2.pt")));
    assertEquals(
        List.of(
            "from safetensors.torch import load_file",
            "weights = load_file(\"a b.safetensors\")",
            "model.load_state_dict(weights)"),
        PyTorchFile.loading(Path.of("a b.safetensors")));
  }
}
