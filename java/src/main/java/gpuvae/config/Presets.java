package gpuvae.config;

import gpuvae.backend.Activation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The published systems that gpuvae follows, with the parameter names of each. */
final class Presets {
  private static final Map<String, Supplier<VaeConfig>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("mlp-relu", Presets::mlpRelu);
    ALL.put("mlp-leaky", Presets::mlpLeaky);
    ALL.put("mlp-softplus", Presets::mlpSoftplus);
    ALL.put("autoencoder", Presets::autoencoder);
  }

  private Presets() {}

  static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  static VaeConfig get(String name) {
    Supplier<VaeConfig> preset = ALL.get(name);
    if (preset == null) {
      throw Check.refusal("preset", "'" + name + "'", String.join(", ", ALL.keySet()));
    }
    return preset.get();
  }

  private static VaeConfig mlpRelu() {
    return VaeConfig.builder()
        .name("mlp-relu")
        .input(Shape.image(1, 28, 28))
        .encoder(dense("encoder.fc1", 400, Activation.RELU))
        .head(Head.LOG_VARIANCE, "encoder.fc2_mu", "encoder.fc2_logvar")
        .latent(20)
        .decoder(dense("decoder.fc3", 400, Activation.RELU))
        .outputName("decoder.fc4")
        .build();
  }

  private static VaeConfig mlpLeaky() {
    Activation leaky = Activation.leakyRelu(0.2);
    return VaeConfig.builder()
        .name("mlp-leaky")
        .input(Shape.image(1, 28, 28))
        .encoder(dense("Encoder.input1", 400, leaky), dense("Encoder.input2", 400, leaky))
        .head(Head.LOG_VARIANCE, "Encoder.mean", "Encoder.var")
        .latent(200)
        .decoder(dense("Decoder.hidden1", 400, leaky), dense("Decoder.hidden2", 400, leaky))
        .outputName("Decoder.output")
        .batchSize(100)
        .epochs(30)
        .build();
  }

  private static VaeConfig mlpSoftplus() {
    return VaeConfig.builder()
        .name("mlp-softplus")
        .input(10)
        .encoder(dense("enc_fc1", 5, Activation.RELU))
        .head(Head.SOFTPLUS_SIGMA, "enc_mu", "enc_sig")
        .latent(2)
        .decoder(dense("dec_fc1", 5, Activation.RELU))
        .outputName("dec_fc2")
        .likelihood(Likelihood.SQUARED_ERROR)
        .build();
  }

  private static VaeConfig autoencoder() {
    return VaeConfig.builder()
        .name("autoencoder")
        .input(10)
        .encoder(dense("encoder.0", 5, Activation.RELU))
        .head(Head.NONE, "encoder.2", "")
        .latent(2)
        .decoder(dense("decoder.0", 5, Activation.RELU))
        .outputName("decoder.2")
        .likelihood(Likelihood.SQUARED_ERROR)
        .build();
  }

  private static LayerConfig dense(String name, int units, Activation activation) {
    return new LayerConfig.Dense(name, units, activation);
  }
}
