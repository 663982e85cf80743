package gpuvae.model;

import gpuvae.backend.Tensor;
import gpuvae.config.LayerConfig;
import gpuvae.config.Shape;
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
   * One parameter, or one running statistic.
   *
   * @param name as in the PyTorch system
   * @param shape [out, in], [out, in, kernel, kernel] or [out]
   * @param offset of its first float in the flat buffer
   * @param centre of its initial values
   * @param bound how far they may be from the centre
   */
  public record Entry(String name, List<Integer> shape, int offset, double centre, double bound) {
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
  private final Map<String, Entry> statistics = new LinkedHashMap<>();
  private long end;
  private int statisticsEnd;

  /** The layout of a configuration's parameters. */
  public ParameterLayout(VaeConfig config) {
    Shape shape = addLayers(config.encoder(), config.input().shape());
    if (!config.encoderGivesHeads()) {
      addHeads(config, shape.features());
    }
    addLayers(config.decoder(), Shape.vector(config.latent()));
    if (end > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the model has " + end + " parameters, allowed: fewer than 2^31");
    }
  }

  private Shape addLayers(List<LayerConfig> layers, Shape shape) {
    for (LayerConfig layer : layers) {
      addLayer(layer, shape);
      shape = layer.output(shape);
    }
    return shape;
  }

  private void addLayer(LayerConfig layer, Shape shape) {
    switch (layer) {
      case LayerConfig.Dense dense -> addDense(dense.name(), dense.units(), shape.features());
      case LayerConfig.Conv2d conv ->
          addFilters(
              conv.name(),
              List.of(conv.channels(), shape.channels(), conv.kernel(), conv.kernel()),
              conv.bias() ? conv.channels() : 0);
      case LayerConfig.ConvTranspose2d conv ->
          addFilters(
              conv.name(),
              List.of(shape.channels(), conv.channels(), conv.kernel(), conv.kernel()),
              conv.bias() ? conv.channels() : 0);
      case LayerConfig.InstanceNorm norm -> addNorm(norm.name(), shape.channels());
      case LayerConfig.BatchNorm norm -> {
        addNorm(norm.name(), shape.channels());
        addStatistics(norm.name(), shape.channels());
      }
      case LayerConfig.Residual residual -> addLayers(residual.layers(), shape);
      case LayerConfig.MaxPool _, LayerConfig.Upsample _, LayerConfig.Reshape _ -> {}
    }
  }

  private void addDense(String name, int units, int features) {
    double bound = bound(features);
    add(name + ".weight", List.of(units, features), take((long) units * features), 0, bound);
    add(name + ".bias", List.of(units), take(units), 0, bound);
  }

  /** PyTorch takes the second dimension as the fan in, of transposed convolutions too. */
  private void addFilters(String name, List<Integer> shape, int biases) {
    long fanIn = Tensor.sizeOf(shape.get(1), shape.get(2), shape.get(3));
    add(name + ".weight", shape, take(shape.get(0) * fanIn), 0, bound(fanIn));
    if (biases > 0) {
      add(name + ".bias", List.of(biases), take(biases), 0, bound(fanIn));
    }
  }

  private void addNorm(String name, int channels) {
    add(name + ".weight", List.of(channels), take(channels), 1, 0);
    add(name + ".bias", List.of(channels), take(channels), 0, 0);
  }

  /** Neighbours: one view holds both. */
  private void addStatistics(String name, int channels) {
    int offset = statisticsEnd;
    statisticsEnd = (int) aligned(offset + 2L * channels);
    List<Integer> shape = List.of(channels);
    String mean = name + ".running_mean";
    String variance = name + ".running_var";
    statistics.put(mean, new Entry(mean, shape, offset, 0, 0));
    statistics.put(variance, new Entry(variance, shape, offset + channels, 1, 0));
  }

  private void addHeads(VaeConfig config, int features) {
    if (!config.isVariational()) {
      addDense(config.meanName(), config.latent(), features);
      return;
    }
    int latent = config.latent();
    long weights = take(2L * latent * features);
    long biases = take(2L * latent);
    for (int half = 0; half < 2; half++) {
      String name = half == 0 ? config.meanName() : config.secondName();
      add(
          name + ".weight",
          List.of(latent, features),
          weights + (long) half * latent * features,
          0,
          bound(features));
      add(name + ".bias", List.of(latent), biases + (long) half * latent, 0, bound(features));
    }
  }

  private static double bound(long fanIn) {
    return 1 / Math.sqrt(fanIn);
  }

  private long take(long floats) {
    long offset = end;
    end = aligned(end + floats);
    return offset;
  }

  private static long aligned(long floats) {
    return (floats + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private void add(String name, List<Integer> shape, long offset, double centre, double bound) {
    // An offset beyond an int is refused as a whole by the constructor.
    entries.put(name, new Entry(name, shape, (int) offset, centre, bound));
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

  /**
   * Running statistics of batch norms, in their own flat buffer: NAME.running_mean, .running_var.
   */
  public List<Entry> statistics() {
    return List.copyOf(statistics.values());
  }

  /** A running statistic by name; null if there is none. */
  public Entry statistic(String name) {
    return statistics.get(name);
  }

  /** Floats in the flat buffer of the statistics, padding included. */
  public int statisticsSize() {
    return statisticsEnd;
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
