package gpuvae.onnx;

import static gpuvae.config.LayerConfig.batchNorm;
import static gpuvae.config.LayerConfig.conv2d;
import static gpuvae.config.LayerConfig.convTranspose2d;
import static gpuvae.config.LayerConfig.dense;
import static gpuvae.config.LayerConfig.residual;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxModelMetadata;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import gpuvae.GpuVae;
import gpuvae.Posterior;
import gpuvae.backend.Activation;
import gpuvae.backend.Binarisation;
import gpuvae.config.Head;
import gpuvae.config.InputConfig;
import gpuvae.config.LayerConfig;
import gpuvae.config.Likelihood;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.io.ConfigFile;
import gpuvae.io.Weights;
import gpuvae.model.ConvolutionalConfigs;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Microsoft's ONNX Runtime makes of the files, against the library: within 1e-5 (1 + |value|).
 */
class OnnxExportTest {
  private static final double BOUND = 1e-5;

  @TempDir Path folder;

  static List<VaeConfig> configs() {
    List<VaeConfig> configs = new ArrayList<>();
    VaeConfig.presets().forEach(name -> configs.add(VaeConfig.preset(name)));
    configs.addAll(ConvolutionalConfigs.all());
    configs.add(reluSigma());
    configs.add(headsFromInput());
    return configs;
  }

  /** Every activation, norms of vectors, sums of vectors and of images of one pixel. */
  private static VaeConfig reluSigma() {
    return VaeConfig.builder()
        .name("relu sigma")
        .input(6)
        .encoder(
            dense("e1", 5).withActivation(Activation.leakyRelu(0.3)),
            batchNorm("e2").withActivation(Activation.SOFTPLUS),
            residual(dense("e3", 5).withActivation(Activation.SILU), conv2d("e4", 5, 1))
                .withActivation(Activation.SIGMOID))
        .head(Head.RELU_SIGMA)
        .latent(3)
        .decoderWithOutput(
            LayerConfig.reshape(1, 3, 1),
            convTranspose2d("d1", 2, 3)
                .withStride(3)
                .withPadding(1, 2)
                .withActivation(Activation.TANH),
            dense("d2", 6))
        .likelihood(Likelihood.SQUARED_ERROR)
        .build();
  }

  /** An encoder without a layer, and images as they leave a transposed convolution. */
  private static VaeConfig headsFromInput() {
    return VaeConfig.builder()
        .name("heads from the input")
        .input(Shape.image(1, 2, 2))
        .encoder()
        .headsFromEncoder(Head.LOG_VARIANCE)
        .latent(2)
        .decoderWithOutput(convTranspose2d("d1", 1, 2))
        .build();
  }

  @ParameterizedTest
  @MethodSource("configs")
  void onnxRuntimeComputesWhatTheLibraryDoes(VaeConfig config) throws Exception {
    Weights weights = RandomModels.weights(config, 5);
    List<OnnxFile> files = OnnxExport.write(config, weights, folder.resolve("onnx"));
    try (GpuVae vae = RandomModels.open(folder.resolve("model"), config, weights);
        OrtSession encoder = session(files.getFirst());
        OrtSession decoder = session(files.getLast())) {
      for (int rows : new int[] {1, 7}) {
        checkEncoder(vae, encoder, RandomModels.normal(rows * features(config), rows));
        checkDecoder(vae, decoder, RandomModels.normal(rows * config.latent(), rows + 100));
      }
    }
  }

  private static int features(VaeConfig config) {
    return config.input().shape().features();
  }

  private static OrtSession session(OnnxFile file) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      return OrtEnvironment.getEnvironment().createSession(file.path().toString(), options);
    }
  }

  private static void checkEncoder(GpuVae vae, OrtSession encoder, float[] x) throws OrtException {
    VaeConfig config = vae.config();
    Posterior posterior = vae.encode(x);
    long rows = posterior.rows();
    long[] heads = {rows, config.latent()};
    try (OnnxTensor input = tensor(x, shape(rows, config));
        OrtSession.Result result = encoder.run(Map.of("x", input))) {
      switch (config.head()) {
        case NONE -> check(result, "z", heads, posterior.mean());
        case LOG_VARIANCE -> {
          check(result, "mu", heads, posterior.mean());
          check(result, "log_variance", heads, logVariance(posterior.sigma()));
        }
        case SOFTPLUS_SIGMA, RELU_SIGMA -> {
          check(result, "mu", heads, posterior.mean());
          check(result, "sigma", heads, posterior.sigma());
          FloatBuffer sigma = ((OnnxTensor) result.get("sigma").orElseThrow()).getFloatBuffer();
          while (sigma.hasRemaining()) {
            assertTrue(sigma.get() > 0, "sigma is to be divided by");
          }
        }
      }
      assertEquals(config.isVariational() ? 2 : 1, result.size());
    }
  }

  private static float[] logVariance(float[] sigma) {
    float[] values = new float[sigma.length];
    for (int i = 0; i < sigma.length; i++) {
      values[i] = (float) (2 * Math.log(sigma[i]));
    }
    return values;
  }

  private static void checkDecoder(GpuVae vae, OrtSession decoder, float[] z) throws OrtException {
    VaeConfig config = vae.config();
    long rows = z.length / config.latent();
    String name = config.likelihood() == Likelihood.BERNOULLI ? "probabilities" : "output";
    try (OnnxTensor input = tensor(z, rows, config.latent());
        OrtSession.Result result = decoder.run(Map.of("z", input))) {
      check(result, name, shape(rows, config), vae.decode(z));
      assertEquals(1, result.size());
    }
  }

  /** Of samples: [rows, length], or [rows, channels, height, width] of images. */
  private static long[] shape(long rows, VaeConfig config) {
    Shape shape = config.input().shape();
    return shape.height() * shape.width() == 1
        ? new long[] {rows, shape.channels()}
        : new long[] {rows, shape.channels(), shape.height(), shape.width()};
  }

  private static OnnxTensor tensor(float[] values, long... shape) throws OrtException {
    return OnnxTensor.createTensor(
        OrtEnvironment.getEnvironment(), FloatBuffer.wrap(values), shape);
  }

  private static void check(OrtSession.Result result, String name, long[] shape, float[] expected)
      throws OrtException {
    OnnxTensor output = (OnnxTensor) result.get(name).orElseThrow();
    assertArrayEquals(shape, output.getInfo().getShape(), name);
    float[] actual = new float[expected.length];
    output.getFloatBuffer().get(actual);
    for (int i = 0; i < actual.length; i++) {
      double error = Math.abs((double) actual[i] - expected[i]);
      assertTrue(
          error <= BOUND * (1 + Math.abs(expected[i])),
          "%s[%d] is %s, the library gives %s".formatted(name, i, actual[i], expected[i]));
    }
  }

  @Test
  void metadataSayWhatTheModelIs() throws Exception {
    VaeConfig config = VaeConfig.preset("conv-residual");
    List<OnnxFile> files = OnnxExport.write(config, RandomModels.weights(config, 1), folder);
    assertEquals(
        "x [batch, 1, 28, 28] to mu [batch, 20], log_variance [batch, 20]",
        files.getFirst().signature());
    assertEquals("z [batch, 20] to output [batch, 1, 28, 28]", files.getLast().signature());
    for (OnnxFile file : files) {
      try (OrtSession session = session(file)) {
        OnnxModelMetadata metadata = session.getMetadata();
        assertEquals("gpuvae", metadata.getProducerName());
        assertEquals(file.path().getFileName().toString(), metadata.getGraphName() + ".onnx");
        assertEquals("conv-residual", metadata.getCustomMetadataValue("preset").orElseThrow());
        assertEquals(
            "pixels from 0 to 1, less 0.1307, divided by 0.3081",
            metadata.getCustomMetadataValue("input").orElseThrow());
        assertEquals("squared-error", metadata.getCustomMetadataValue("likelihood").orElseThrow());
        String text = metadata.getCustomMetadataValue("config").orElseThrow();
        assertEquals(config, ConfigFile.parse(text, "metadata"));
      }
    }
  }

  @Test
  void inputInWords() {
    InputConfig pixels = InputConfig.plain(Shape.image(1, 28, 28));
    assertEquals("pixels from 0 to 1", pixels.expectation());
    assertEquals(
        "pixels from 0 to 1, drawn as 0 or 1",
        pixels.withBinarisation(Binarisation.STATIC).expectation());
    assertEquals(
        "values as they are in the data", InputConfig.plain(Shape.vector(4)).expectation());
  }

  /** A slice that is added again and again costs no memory. */
  @Test
  void moreThanTwoGigabytesAreRefused() {
    ProtoMessage large = new ProtoMessage();
    float[] slice = new float[1 << 20];
    for (int i = 0; i < 512; i++) {
      large.bytes(9, slice, 0, slice.length);
    }
    Path file = folder.resolve("encoder.onnx");
    String message =
        assertThrows(IOException.class, () -> OnnxExport.checkSize(file, large)).getMessage();
    assertTrue(message.contains("encoder.onnx: an ONNX file has 2 GB at most"), message);
    assertTrue(message.contains("2.1 GB") && message.contains("safetensors"), message);
    assertFalse(Files.exists(file));
  }

  @Test
  void aFileIsReplacedAsAWhole() throws IOException {
    VaeConfig config = VaeConfig.preset("mlp-softplus");
    Files.writeString(folder.resolve("encoder.onnx"), "x".repeat(100_000));
    OnnxExport.write(config, RandomModels.weights(config, 1), folder);
    try (var files = Files.list(folder)) {
      assertEquals(
          List.of("decoder.onnx", "encoder.onnx"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    assertTrue(Files.size(folder.resolve("encoder.onnx")) < 10_000);
  }
}
