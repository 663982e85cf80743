package gpuvae.cli;

import gpuvae.config.VaeConfig;
import java.util.Iterator;

/** The presets' names, for help texts. */
final class PresetNames implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return VaeConfig.presets().iterator();
  }

  /** A preset by name. */
  static VaeConfig config(String name) {
    try {
      return VaeConfig.preset(name);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--preset is '" + name + "', allowed: " + String.join(", ", VaeConfig.presets()), null);
    }
  }
}
