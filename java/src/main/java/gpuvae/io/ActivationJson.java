package gpuvae.io;

import gpuvae.backend.Activation;
import java.io.IOException;
import java.util.Map;

/** An {@link Activation} in config.json: its name, and beside it the slope of leaky-relu. */
final class ActivationJson {
  private ActivationJson() {}

  static Activation read(Fields fields, String name) throws IOException {
    Activation.Kind kind = fields.constant(name, Activation.Kind.values());
    return new Activation(
        kind, kind == Activation.Kind.LEAKY_RELU ? (float) fields.number("slope") : 0);
  }

  static void put(Map<String, Object> json, String name, Activation activation) {
    json.put(name, activation.label());
    if (activation.kind() == Activation.Kind.LEAKY_RELU) {
      json.put("slope", Double.parseDouble(Float.toString(activation.slope())));
    }
  }
}
