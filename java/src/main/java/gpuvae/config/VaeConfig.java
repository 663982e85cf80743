package gpuvae.config;

import gpuvae.backend.Activation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that defines a model and how it is trained by default. Immutable. From {@link
 * #preset}, {@link #builder}, or config.json (gpuvae.io.ConfigFile).
 *
 * @param name the preset's name, or "custom"
 * @param input what a sample is
 * @param encoder layers from the input to the heads
 * @param head what follows them
 * @param latent size of z
 * @param meanName prefix of the first head's parameters (of the only one without sampling)
 * @param secondName prefix of the second head's parameters; empty without sampling
 * @param decoder layers from z to the output; the last gives as many features as the input, with
 *     {@link Activation#IDENTITY}
 * @param likelihood how output and input are compared
 * @param outputActivation with squared error, identity or sigmoid; with Bernoulli, identity (the
 *     decoder gives logits)
 * @param klWeight factor of the KL term (beta)
 * @param optimizer Adam or AdamW
 * @param batchSize rows a step
 * @param epochs passes over the data
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
    int epochs) {

  /** Checks every field, and that the sizes fit. */
  public VaeConfig {
    Check.name("name", name);
    Check.given("input", input);
    encoder = List.copyOf(Check.given("encoder", encoder));
    Check.given("head", head);
    Check.atLeastOne("latent", latent);
    Check.name("meanName", meanName);
    Check.given("secondName", secondName);
    if (head != Head.NONE) {
      Check.name("secondName", secondName);
    } else if (!secondName.isEmpty()) {
      throw Check.refusal("secondName", "'" + secondName + "'", "none when head is none");
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
    checkOutput(decoder, input.shape().features());
    checkNames(encoder, meanName, secondName, decoder);
  }

  private static void checkOutput(List<LayerConfig> decoder, int features) {
    if (decoder.isEmpty()) {
      throw Check.refusal("decoder", "empty", "one layer or more");
    }
    switch (decoder.getLast()) {
      case LayerConfig.Dense last -> {
        if (last.units() != features) {
          throw Check.refusal(
              "units of the last decoder layer " + last.name(),
              last.units(),
              features + ", the input's features");
        }
        if (!last.activation().equals(Activation.IDENTITY)) {
          throw Check.refusal(
              "activation of the last decoder layer " + last.name(),
              last.activation(),
              "identity (the output's own activation is outputActivation)");
        }
      }
    }
  }

  private static void checkNames(
      List<LayerConfig> encoder, String mean, String second, List<LayerConfig> decoder) {
    List<String> names = new ArrayList<>();
    encoder.forEach(layer -> names.add(layer.name()));
    names.add(mean);
    if (!second.isEmpty()) {
      names.add(second);
    }
    decoder.forEach(layer -> names.add(layer.name()));
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw Check.refusal("layer name", "'" + name + "' twice", "unique names");
      }
    }
  }

  /**
   * A published system by name.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists them
   */
  public static VaeConfig preset(String name) {
    return Presets.get(name);
  }

  /** The names that {@link #preset} takes. */
  public static List<String> presets() {
    return Presets.names();
  }

  /** A configuration of dense layers, to be filled in. */
  public static VaeConfigBuilder builder() {
    return new VaeConfigBuilder();
  }

  /** A builder that begins with this configuration. */
  public VaeConfigBuilder toBuilder() {
    return new VaeConfigBuilder(this);
  }

  /** Whether z is sampled and a KL term is there: false for an autoencoder. */
  public boolean isVariational() {
    return head != Head.NONE;
  }
}
