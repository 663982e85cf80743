package gpuvae.config;

import gpuvae.backend.Activation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything that defines a model and how it is trained by default. Immutable. From {@link
 * #preset}, {@link #builder}, or config.json (gpuvae.io.ConfigFile).
 *
 * @param name the preset's name, or "custom"
 * @param input what a sample is
 * @param encoder layers from the input to the heads
 * @param head what follows them
 * @param latent size of z
 * @param meanName prefix of the first head's parameters (of the only one without sampling); empty
 *     if the encoder's own output is the heads: the mean in the first half of its channels
 * @param secondName prefix of the second head's parameters; empty if it has none
 * @param decoder layers from z, [latent, 1, 1], to the output; the last gives the input's shape (or
 *     it as a vector), with {@link Activation#IDENTITY}
 * @param likelihood how output and input are compared
 * @param outputActivation with squared error, identity or sigmoid; with Bernoulli, identity (the
 *     decoder gives logits)
 * @param klWeight factor of the KL term (beta)
 * @param optimizer Adam or AdamW
 * @param batchSize rows a step
 * @param epochs passes over the data
 * @param controls what steers training beside the loss
 */
public record VaeConfig(
    String name,
    InputConfig input,
    List<LayerConfig> encoder,
    Head head,
    int latent,
    String meanName,
    String secondName,
    List<LayerConfig> decoder,
    Likelihood likelihood,
    Activation outputActivation,
    double klWeight,
    OptimizerConfig optimizer,
    int batchSize,
    int epochs,
    TrainingControls controls) {

  /** Checks every field, and that the sizes fit. */
  public VaeConfig {
    Check.name("name", name);
    Check.given("input", input);
    encoder = List.copyOf(Check.given("encoder", encoder));
    Check.given("head", head);
    Check.atLeastOne("latent", latent);
    Check.given("meanName", meanName);
    Check.given("secondName", secondName);
    boolean two = head != Head.NONE && !meanName.isEmpty();
    if (two && secondName.isBlank()) {
      throw Check.refusal("secondName", "'" + secondName + "'", "a name");
    }
    if (!two && !secondName.isEmpty()) {
      throw Check.refusal(
          "secondName", "'" + secondName + "'", "none without sampling, or without a meanName");
    }
    decoder = List.copyOf(Check.given("decoder", decoder));
    Check.given("likelihood", likelihood);
    Check.given("outputActivation", outputActivation);
    boolean sigmoid = outputActivation.equals(Activation.SIGMOID);
    boolean identity = outputActivation.equals(Activation.IDENTITY);
    if (!identity && !(sigmoid && likelihood == Likelihood.SQUARED_ERROR)) {
      throw Check.refusal(
          "outputActivation",
          outputActivation,
          likelihood == Likelihood.BERNOULLI
              ? "identity with likelihood bernoulli, which works on logits"
              : "identity, sigmoid");
    }
    Check.notNegative("klWeight", klWeight);
    Check.given("optimizer", optimizer);
    Check.atLeastOne("batchSize", batchSize);
    Check.atLeastOne("epochs", epochs);
    Check.given("controls", controls);
    checkControls(head, controls);
    checkHeads(input, encoder, head, latent, meanName);
    checkOutput(input, latent, decoder);
    checkNames(encoder, meanName, secondName, decoder);
  }

  private static void checkControls(Head head, TrainingControls controls) {
    if (head == Head.NONE && !controls.klWeight().equals(Schedule.CONSTANT)) {
      throw Check.refusal(
          "controls.klWeight", controls.klWeight(), "constant without sampling: there is no KL");
    }
    if (head == Head.NONE && controls.freeBits() > 0) {
      throw Check.refusal(
          "controls.freeBits", controls.freeBits(), "0 without sampling: there is no KL");
    }
    if (head == Head.NONE && controls.importanceSamples() > 1) {
      throw Check.refusal(
          "controls.importanceSamples", controls.importanceSamples(), "1 without sampling");
    }
  }

  private static void checkHeads(
      InputConfig input, List<LayerConfig> encoder, Head head, int latent, String meanName) {
    Shape output = ShapeChain.of("encoder", input.shape(), encoder).output();
    int needed = head == Head.NONE ? latent : 2 * latent;
    if (meanName.isEmpty() && output.features() != needed) {
      throw Check.refusal(
          "what the encoder gives, its heads,",
          output,
          needed + " values with latent " + latent + ", or names for heads of their own");
    }
  }

  private static void checkOutput(InputConfig input, int latent, List<LayerConfig> decoder) {
    if (decoder.isEmpty()) {
      throw Check.refusal("decoder", "empty", "one layer or more");
    }
    LayerConfig last = decoder.getLast();
    String label = (last.type() + " " + last.name()).strip();
    ShapeChain chain = ShapeChain.of("decoder", Shape.vector(latent), decoder);
    Shape output = chain.output();
    boolean flat = output.equals(Shape.vector(input.shape().features()));
    if (!flat && !output.equals(input.shape())) {
      throw Check.refusal(
          "what the last decoder layer " + label + " gives",
          output + " (" + chain + ")",
          input.shape() + ", the input's shape");
    }
    if (!last.activation().equals(Activation.IDENTITY)) {
      throw Check.refusal(
          "activation of the last decoder layer " + label,
          last.activation(),
          "identity (the output's own activation is outputActivation)");
    }
  }

  private static void checkNames(
      List<LayerConfig> encoder, String mean, String second, List<LayerConfig> decoder) {
    List<String> names = new ArrayList<>();
    addNames(names, encoder);
    names.add(mean);
    names.add(second);
    addNames(names, decoder);
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!name.isEmpty() && !seen.add(name)) {
        throw Check.refusal("layer name", "'" + name + "' twice", "unique names");
      }
    }
  }

  private static void addNames(List<String> names, List<LayerConfig> layers) {
    for (LayerConfig layer : layers) {
      names.add(layer.name());
      if (layer instanceof LayerConfig.Residual residual) {
        addNames(names, residual.layers());
      }
    }
  }

  /**
   * A published system by name, for the data it was published with.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists them
   */
  public static VaeConfig preset(String name) {
    return Presets.get(name);
  }

  /**
   * A published system by name, its layers made for samples of another shape.
   *
   * @throws IllegalArgumentException if there is none of that name, or if it cannot take the shape
   */
  public static VaeConfig preset(String name, Shape shape) {
    return Presets.get(name, shape);
  }

  /** The names that {@link #preset} takes. */
  public static List<String> presets() {
    return Presets.names();
  }

  /** A configuration to be filled in. */
  public static VaeConfigBuilder builder() {
    return new VaeConfigBuilder();
  }

  /** A builder that begins with this configuration. */
  public VaeConfigBuilder toBuilder() {
    return new VaeConfigBuilder(this);
  }

  /** Whether any layer is a convolution or a transposed one. */
  public boolean isConvolutional() {
    return Stream.concat(encoder.stream(), decoder.stream()).anyMatch(LayerConfig::isConvolutional);
  }

  /** Rows that a training step needs: 2 with a batch norm of vectors, else 1. */
  public int leastRows() {
    return Math.max(
        ShapeChain.of("encoder", input.shape(), encoder).leastRows(),
        ShapeChain.of("decoder", Shape.vector(latent), decoder).leastRows());
  }

  /** The KL term's weight in a step, 0 for the model's first. */
  public double klWeightAt(long step) {
    return klWeight * controls.klWeight().factor(step);
  }

  /** The learning rate of a step, 0 for the model's first. */
  public double learningRateAt(long step) {
    return optimizer.learningRate() * controls.learningRate().factor(step);
  }

  /** Whether the encoder's own output is the heads. */
  public boolean encoderGivesHeads() {
    return meanName.isEmpty();
  }

  /** Whether z is sampled and a KL term is there: false for an autoencoder. */
  public boolean isVariational() {
    return head != Head.NONE;
  }
}
