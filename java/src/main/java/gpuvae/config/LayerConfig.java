package gpuvae.config;

import gpuvae.backend.Activation;

/** One layer of an encoder or decoder. */
public sealed interface LayerConfig {
  /** The prefix of its parameters' names; unique in a model. */
  String name();

  /**
   * y = activation(x W^T + b), with W [units, in] as NAME.weight and b [units] as NAME.bias.
   *
   * @param name the prefix of its parameters' names
   * @param units features it gives
   * @param activation applied to them
   */
  record Dense(String name, int units, Activation activation) implements LayerConfig {
    /** Checks the fields. */
    public Dense {
      Check.name("layer name", name);
      Check.atLeastOne("units of layer " + name, units);
      Check.given("activation of layer " + name, activation);
    }
  }
}
