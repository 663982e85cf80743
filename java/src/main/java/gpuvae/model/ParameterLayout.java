package gpuvae.model;

import gpuvae.backend.Tensor;
import gpuvae.config.LayerConfig;
import gpuvae.config.VaeConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names, shapes and places of a model's parameters in one flat buffer. The two heads' weights are
 * neighbours, as are their biases, so that one matrix product gives both.
 */
public final class ParameterLayout {
  /** Every block begins at a multiple of 128 bytes. */
  private static final int ALIGNMENT = 32;

  /**
   * One parameter.
   *
   * @param name as in the PyTorch system
   * @param shape [out, in] or [out]
   * @param offset of its first float in the flat buffer
   * @param fanIn inputs of its layer, for the initial values
   */
  public record Entry(String name, List<Integer> shape, int offset, int fanIn) {
    /** The number of floats. */
    public int size() {
      return (int) Tensor.sizeOf(dimensions());
    }

    /** The shape as an array. */
    public int[] dimensions() {
      return shape.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private long end;

  /** The layout of a configuration's parameters. */
  public ParameterLayout(VaeConfig config) {
    int features = config.input().shape().features();
    features = addLayers(config.encoder(), features);
    if (config.isVariational()) {
      addHeads(config, features);
    } else {
      addDense(config.meanName(), config.latent(), features);
    }
    addLayers(config.decoder(), config.latent());
    if (end > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the model has " + end + " parameters, allowed: fewer than 2^31");
    }
  }

  private int addLayers(List<LayerConfig> layers, int features) {
    for (LayerConfig layer : layers) {
      features =
          switch (layer) {
            case LayerConfig.Dense dense -> addDense(dense.name(), dense.units(), features);
          };
    }
    return features;
  }

  private int addDense(String name, int units, int features) {
    add(name + ".weight", List.of(units, features), take((long) units * features), features);
    add(name + ".bias", List.of(units), take(units), features);
    return units;
  }

  private void addHeads(VaeConfig config, int features) {
    int latent = config.latent();
    long weights = take(2L * latent * features);
    long biases = take(2L * latent);
    for (int half = 0; half < 2; half++) {
      String name = half == 0 ? config.meanName() : config.secondName();
      add(
          name + ".weight",
          List.of(latent, features),
          weights + (long) half * latent * features,
          features);
      add(name + ".bias", List.of(latent), biases + (long) half * latent, features);
    }
  }

  private long take(long floats) {
    long offset = end;
    end = (end + floats + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return offset;
  }

  private void add(String name, List<Integer> shape, long offset, int fanIn) {
    // An offset beyond an int is refused as a whole by the constructor.
    entries.put(name, new Entry(name, shape, (int) offset, fanIn));
  }

  /** All parameters, in the order of PyTorch's state_dict. */
  public List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /**
   * A parameter by name.
   *
   * @throws IllegalArgumentException if there is none; the message lists the names
   */
  public Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "no parameter '" + name + "', there are: " + String.join(", ", entries.keySet()));
    }
    return entry;
  }

  /** Floats in the flat buffer, padding between blocks included. */
  public int flatSize() {
    return (int) end;
  }

  /** Floats that are parameters. */
  public long parameterCount() {
    return entries.values().stream().mapToLong(Entry::size).sum();
  }
}
