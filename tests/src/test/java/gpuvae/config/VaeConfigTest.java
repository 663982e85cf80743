package gpuvae.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
  void controlsSurviveJsonAndOldFilesHaveNone() throws IOException {
    VaeConfig plain = VaeConfig.builder().input(9).build();
    assertFalse(
        ConfigFile.format(plain).contains("controls"), "as files were before there were any");
    TrainingControls clipped = TrainingControls.NONE.withClipNorm(0.5);
    assertEquals(0.5, reread(plain, clipped).clipNorm());
    assertEquals(4, reread(plain, clipped.withPatience(4).keepingBest()).patience());
    assertTrue(reread(plain, TrainingControls.NONE.keepingBest()).keepBest());
    assertEquals(0.1, reread(plain, clipped.withFreeBits(0.1)).freeBits());
    assertEquals(5, reread(plain, clipped.withImportanceSamples(5)).importanceSamples());
    for (Schedule schedule :
        List.of(
            new Schedule.Linear(0.25, 10),
            new Schedule.Cyclical(7, 0.5),
            new Schedule.Cosine(1L << 40, 0.01),
            new Schedule.Stairs(3, 0.1))) {
      for (TrainingControls controls :
          List.of(
              TrainingControls.NONE.withLearningRate(schedule),
              TrainingControls.NONE.withKlWeight(schedule))) {
        reread(plain, controls);
      }
    }
  }

  private static TrainingControls reread(VaeConfig plain, TrainingControls controls)
      throws IOException {
    VaeConfig config = plain.toBuilder().controls(controls).build();
    VaeConfig read = ConfigFile.parse(ConfigFile.format(config), "controls");
    assertEquals(config, read);
    assertEquals(config, config.toBuilder().build());
    return read.controls();
  }

  @Test
  void everyLayerSurvivesJson() throws IOException {
    VaeConfig config =
        VaeConfig.builder()
            .name("layers")
            .input(Shape.image(3, 9, 9))
            .encoder(
                LayerConfig.conv2d("e1", 4, 4)
                    .withPadding(Padding.same(4))
                    .withActivation(Activation.leakyRelu(0.3)),
                LayerConfig.residual(
                        LayerConfig.conv2d("e2", 4, 3).withPadding(Padding.of(1)).withoutBias(),
                        LayerConfig.instanceNorm("e3"))
                    .withActivation(Activation.SILU),
                LayerConfig.maxPool(3),
                LayerConfig.batchNorm("e4").withActivation(Activation.TANH),
                LayerConfig.conv2d("e5", 1, 3).withStride(2))
            .headsFromEncoder(Head.LOG_VARIANCE)
            .latent(1)
            .decoderWithOutput(
                LayerConfig.dense("d1", 2 * 3 * 3),
                LayerConfig.reshape(2, 3, 3),
                LayerConfig.upsample(),
                LayerConfig.convTranspose2d("d2", 3, 4)
                    .withStride(2)
                    .withPadding(1, 0)
                    .withoutBias(),
                LayerConfig.conv2d("d3", 3, 4))
            .build();
    assertEquals(2, ((LayerConfig.Conv2d) config.encoder().getLast()).channels());
    assertEquals(config, ConfigFile.parse(ConfigFile.format(config), "layers"));
    assertEquals(config, config.toBuilder().build());
  }

  @Test
  void aLayerThatDoesNotFitShowsTheShapesUpToIt() {
    refused(
        b ->
            b.input(Shape.image(1, 28, 28))
                .encoder(
                    LayerConfig.conv2d("c1", 8, 3).withStride(2),
                    LayerConfig.maxPool(16),
                    LayerConfig.upsample()),
        "max-pool of the encoder does not fit: 1x28x28 -> conv2d c1 -> 8x13x13 -> max-pool:",
        "its image is 8x13x13, allowed: 16 pixels and above");
    refused(
        b -> b.decoderWithOutput(LayerConfig.dense("d1", 18), LayerConfig.reshape(2, 2, 5)),
        "reshape of the decoder does not fit: 20 -> dense d1 -> 18 -> reshape: its input is 18,"
            + " allowed: 20 values, to become 2x2x5");
    refused(
        b -> b.encoder(LayerConfig.residual(LayerConfig.conv2d("c", 4, 1))),
        "what the layers of residual give is 4, allowed: 9, its input");
    refused(
        b -> b.encoder(LayerConfig.instanceNorm("n")), "instance-norm n of the encoder", "is 9");
    refused(
        b -> b.headsFromEncoder(Head.LOG_VARIANCE),
        "its heads, is 9, allowed: 40 values",
        "latent 20");
    refused(
        b -> b.encoder(LayerConfig.conv2d("c", 4, 2)), "conv2d c", "the side of its image is 1");
    refused(
        b -> b.encoder(LayerConfig.conv2d("c", 4, 2).withPadding(Padding.of(2))),
        "padding of layer c is 2, allowed: 0 to 1");
    refused(b -> b.decoder(LayerConfig.residual(LayerConfig.dense("encoder.mean", 20))), "twice");
    refused(
        b -> b.decoderWithOutput(LayerConfig.dense("d", 9).withActivation(Activation.RELU)),
        "activation of the last decoder layer dense d is relu, allowed: identity");
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
    refused(
        b ->
            b.head(Head.NONE)
                .controls(TrainingControls.NONE.withKlWeight(new Schedule.Linear(0, 5))),
        "controls.klWeight is linear from 0.0 to 1 in 5 steps",
        "constant without sampling");
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
                        1,
                        TrainingControls.NONE))
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
