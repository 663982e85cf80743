package gpuvae.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Activation;
import gpuvae.backend.Binarisation;
import gpuvae.io.ConfigFile;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Presets, the builder, config.json, and what they refuse. */
class VaeConfigTest {
  @ParameterizedTest
  @MethodSource("gpuvae.config.VaeConfig#presets")
  void presetsSurviveJson(String name) throws IOException {
    VaeConfig config = VaeConfig.preset(name);
    assertEquals(config, ConfigFile.parse(ConfigFile.format(config), name));
    assertEquals(config, config.toBuilder().build());
  }

  @Test
  void anyMixtureOfPartsSurvivesJson() throws IOException {
    VaeConfig config =
        VaeConfig.builder()
            .name("mixture")
            .input(new InputConfig(Shape.image(3, 5, 4), 0, 1, Binarisation.STATIC, 0x1234567890L))
            .encoder(
                new LayerConfig.Dense("a", 9, Activation.leakyRelu(0.3)),
                new LayerConfig.Dense("b", 8, Activation.SILU))
            .head(Head.RELU_SIGMA, "m", "s")
            .latent(2)
            .decoder(new LayerConfig.Dense("c", 6, Activation.TANH))
            .outputName("d")
            .likelihood(Likelihood.SQUARED_ERROR)
            .outputActivation(Activation.SIGMOID)
            .klWeight(0.1)
            .optimizer(new OptimizerConfig(true, 3e-4, 0.8, 0.99, 1e-7, 0.02))
            .batchSize(7)
            .epochs(3)
            .build();
    assertEquals(config, ConfigFile.parse(ConfigFile.format(config), "mixture"));
  }

  @Test
  void wrongSettingsAreNamedWithTheirValueAndWhatIsAllowed() {
    refused(b -> b.latent(0), "latent is 0", "1 and above");
    refused(b -> b.klWeight(Double.NaN), "klWeight is NaN");
    refused(b -> b.klWeight(-1), "klWeight is -1.0");
    refused(b -> b.learningRate(Double.NaN), "optimizer.learningRate is NaN");
    refused(b -> b.learningRate(0), "optimizer.learningRate is 0.0");
    refused(b -> b.batchSize(-3), "batchSize is -3");
    refused(b -> b.epochs(0), "epochs is 0");
    refused(b -> b.outputActivation(Activation.SIGMOID), "outputActivation is sigmoid", "logits");
    refused(b -> b.hidden(Activation.RELU, 0), "encoder.hidden1 is 0");
    refused(b -> b.outputName("encoder.mean"), "'encoder.mean' twice");
    refused(b -> b.input(0), "shape.channels is 0");
    refused(
        b -> b.input(new InputConfig(Shape.vector(3), 0, 0, Binarisation.NONE, 0)),
        "input.deviation is 0.0");
    refused(
        b -> b.input(new InputConfig(Shape.vector(3), 0.5, 1, Binarisation.DYNAMIC, 0)),
        "input.binarisation");
    refused(b -> b.optimizer(OptimizerConfig.adam(Double.POSITIVE_INFINITY)), "learningRate");
  }

  private static void refused(UnaryOperator<VaeConfigBuilder> change, String... parts) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> change.apply(VaeConfig.builder().input(9)).build())
            .getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message + " should contain " + part);
    }
  }

  @Test
  void anOutputThatDoesNotFitTheInputIsRefused() {
    VaeConfig config = VaeConfig.builder().input(9).build();
    List<LayerConfig> narrow = List.of(new LayerConfig.Dense("out", 8, Activation.IDENTITY));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new VaeConfig(
                        "x",
                        config.input(),
                        config.encoder(),
                        config.head(),
                        config.latent(),
                        config.meanName(),
                        config.secondName(),
                        narrow,
                        config.likelihood(),
                        config.outputActivation(),
                        1,
                        config.optimizer(),
                        1,
                        1))
            .getMessage();
    assertTrue(
        message.contains("last decoder layer dense out gives is 8 (20 -> 8), allowed: 9"), message);
  }

  @Test
  void anUnknownPresetListsTheKnown() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> VaeConfig.preset("mlp")).getMessage();
    assertTrue(message.contains("'mlp'") && message.contains("mlp-relu, mlp-leaky"), message);
  }
}
