package gpuvae.config;

import gpuvae.backend.Activation;
import gpuvae.backend.Binarisation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The published systems that gpuvae follows, with the parameter names of each. */
final class Presets {
  private static final Shape DIGIT = Shape.image(1, 28, 28);
  private static final Shape TEN = Shape.vector(10);
  private static final Map<String, Preset> ALL = new LinkedHashMap<>();

  /** What it was published with, and how it is made for samples of any shape. */
  private record Preset(Shape shape, Function<Shape, VaeConfig> maker) {}

  static {
    ALL.put("mlp-relu", new Preset(DIGIT, Presets::mlpRelu));
    ALL.put("mlp-leaky", new Preset(DIGIT, Presets::mlpLeaky));
    ALL.put("mlp-softplus", new Preset(TEN, Presets::mlpSoftplus));
    ALL.put("autoencoder", new Preset(TEN, Presets::autoencoder));
    ALL.put("conv-upsample", new Preset(DIGIT, Presets::convUpsample));
    ALL.put("conv-residual", new Preset(DIGIT, Presets::convResidual));
  }

  private Presets() {}

  static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  static VaeConfig get(String name) {
    Preset preset = preset(name);
    return preset.maker.apply(preset.shape);
  }

  static VaeConfig get(String name, Shape shape) {
    return preset(name).maker.apply(shape);
  }

  private static Preset preset(String name) {
    Preset preset = ALL.get(name);
    if (preset == null) {
      throw Check.refusal("preset", "'" + name + "'", String.join(", ", ALL.keySet()));
    }
    return preset;
  }

  private static VaeConfig mlpRelu(Shape shape) {
    return VaeConfig.builder()
        .name("mlp-relu")
        .input(shape)
        .encoder(dense("encoder.fc1", 400, Activation.RELU))
        .head(Head.LOG_VARIANCE, "encoder.fc2_mu", "encoder.fc2_logvar")
        .latent(20)
        .decoder(dense("decoder.fc3", 400, Activation.RELU))
        .outputName("decoder.fc4")
        .build();
  }

  private static VaeConfig mlpLeaky(Shape shape) {
    Activation leaky = Activation.leakyRelu(0.2);
    return VaeConfig.builder()
        .name("mlp-leaky")
        .input(shape)
        .encoder(dense("Encoder.input1", 400, leaky), dense("Encoder.input2", 400, leaky))
        .head(Head.LOG_VARIANCE, "Encoder.mean", "Encoder.var")
        .latent(200)
        .decoder(dense("Decoder.hidden1", 400, leaky), dense("Decoder.hidden2", 400, leaky))
        .outputName("Decoder.output")
        .batchSize(100)
        .epochs(30)
        .build();
  }

  private static VaeConfig mlpSoftplus(Shape shape) {
    return VaeConfig.builder()
        .name("mlp-softplus")
        .input(shape)
        .encoder(dense("enc_fc1", 5, Activation.RELU))
        .head(Head.SOFTPLUS_SIGMA, "enc_mu", "enc_sig")
        .latent(2)
        .decoder(dense("dec_fc1", 5, Activation.RELU))
        .outputName("dec_fc2")
        .likelihood(Likelihood.SQUARED_ERROR)
        .build();
  }

  private static VaeConfig autoencoder(Shape shape) {
    return VaeConfig.builder()
        .name("autoencoder")
        .input(shape)
        .encoder(dense("encoder.0", 5, Activation.RELU))
        .head(Head.NONE, "encoder.2", "")
        .latent(2)
        .decoder(dense("decoder.0", 5, Activation.RELU))
        .outputName("decoder.2")
        .likelihood(Likelihood.SQUARED_ERROR)
        .build();
  }

  private static VaeConfig convUpsample(Shape shape) {
    if (shape.height() % 4 != 0 || shape.width() % 4 != 0) {
      throw Check.refusal(
          "the shape for conv-upsample", shape, "images with sides that are multiples of 4");
    }
    int height = shape.height() / 4;
    int width = shape.width() / 4;
    return VaeConfig.builder()
        .name("conv-upsample")
        .input(shape)
        .encoder(
            conv3("encoder.conv1", 32).withStride(2).withActivation(Activation.RELU),
            conv3("encoder.conv2", 64).withStride(2).withActivation(Activation.RELU))
        .head(Head.LOG_VARIANCE, "encoder.fc_mu", "encoder.fc_logvar")
        .latent(20)
        .decoderWithOutput(
            dense("decoder.fc", 64 * height * width, Activation.RELU),
            LayerConfig.reshape(64, height, width),
            LayerConfig.upsample(),
            conv3("decoder.conv1", 32).withActivation(Activation.RELU),
            LayerConfig.upsample(),
            conv3("decoder.conv2", shape.channels()))
        .likelihood(Likelihood.SQUARED_ERROR)
        .outputActivation(Activation.SIGMOID)
        .build();
  }

  private static LayerConfig.Conv2d conv3(String name, int channels) {
    return LayerConfig.conv2d(name, channels, 3).withPadding(Padding.of(1));
  }

  private static VaeConfig convResidual(Shape shape) {
    return VaeConfig.builder()
        .name("conv-residual")
        .input(new InputConfig(shape, 0.1307, 0.3081, Binarisation.NONE, 0))
        .encoder(
            same("encoder.conv1", 4),
            LayerConfig.instanceNorm("encoder.norm1").withActivation(Activation.RELU),
            residual("encoder.res1"),
            LayerConfig.maxPool(2),
            residual("encoder.res2"),
            LayerConfig.maxPool(2),
            residual("encoder.res3"),
            LayerConfig.maxPool(2),
            LayerConfig.conv2d("encoder.conv2", 40, 3).withoutBias())
        .headsFromEncoder(Head.LOG_VARIANCE)
        .latent(20)
        .decoderWithOutput(
            transposed("decoder.conv_blocks.0.conv", 64),
            batchNorm("decoder.conv_blocks.0.norm"),
            LayerConfig.upsample(),
            transposed("decoder.conv_blocks.2.conv", 64),
            batchNorm("decoder.conv_blocks.2.norm"),
            transposed("decoder.conv_blocks.3.conv", 64),
            batchNorm("decoder.conv_blocks.3.norm"),
            transposed("decoder.conv_blocks.4.conv", 64),
            batchNorm("decoder.conv_blocks.4.norm"),
            LayerConfig.upsample(),
            transposed("decoder.conv_blocks.6.conv", 32),
            batchNorm("decoder.conv_blocks.6.norm"),
            transposed("decoder.conv_blocks.7", shape.channels()),
            LayerConfig.batchNorm("decoder.conv_blocks.8"))
        .likelihood(Likelihood.SQUARED_ERROR)
        .optimizer(OptimizerConfig.adamW(1e-3, 1e-2))
        .batchSize(64)
        .epochs(20)
        .build();
  }

  /**
   * The published block pools the sum and then takes its ReLU, which gives the same in any order.
   */
  private static LayerConfig residual(String name) {
    return LayerConfig.residual(
            same(name + ".conv1", 3),
            LayerConfig.instanceNorm(name + ".norm1").withActivation(Activation.RELU),
            same(name + ".conv2", 3),
            LayerConfig.instanceNorm(name + ".norm2"))
        .withActivation(Activation.RELU);
  }

  private static LayerConfig same(String name, int kernel) {
    return LayerConfig.conv2d(name, 64, kernel).withPadding(Padding.same(kernel)).withoutBias();
  }

  private static LayerConfig transposed(String name, int channels) {
    return LayerConfig.convTranspose2d(name, channels, 3).withoutBias();
  }

  private static LayerConfig batchNorm(String name) {
    return LayerConfig.batchNorm(name).withActivation(Activation.RELU);
  }

  private static LayerConfig dense(String name, int units, Activation activation) {
    return new LayerConfig.Dense(name, units, activation);
  }
}
