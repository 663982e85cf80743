package gpuvae.page;

import gpuvae.GpuVae;
import gpuvae.config.LayerConfig;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a page decodes with: a dense decoder's weights, or a grid that was decoded beforehand. */
final class DecoderData {
  private static final int GRID_VALUES = 3_000_000;
  private static final int SMALLEST_GRID = 5;
  private static final int LARGEST_GRID = 33;

  private DecoderData() {}

  static boolean isDense(VaeConfig config) {
    return config.decoder().stream().allMatch(layer -> layer instanceof LayerConfig.Dense);
  }

  /** Weights are [out, in], row-major. */
  static Map<String, Object> dense(GpuVae vae) {
    VaeConfig config = vae.config();
    Map<String, float[]> parameters = vae.parameters();
    List<Object> layers = new ArrayList<>();
    for (LayerConfig layer : config.decoder()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("weight", Base64Text.of(parameters.get(layer.name() + ".weight")));
      one.put("bias", Base64Text.of(parameters.get(layer.name() + ".bias")));
      one.put("activation", layer.activation().label());
      one.put("slope", layer.activation().slope());
      layers.add(one);
    }
    boolean logits = config.likelihood() == Likelihood.BERNOULLI;
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("kind", "dense");
    data.put("layers", layers);
    data.put("output", logits ? "sigmoid" : config.outputActivation().label());
    data.put("scale", config.input().deviation());
    data.put("offset", config.input().mean());
    return data;
  }

  /** Points a side of the grid. */
  static int gridSize(VaeConfig config) {
    int features = config.input().shape().features();
    return Math.clamp(
        (long) Math.sqrt((double) GRID_VALUES / features), SMALLEST_GRID, LARGEST_GRID);
  }

  /** The first row is the lowest, as the second coordinate grows. */
  static Map<String, Object> grid(GpuVae vae, Plane plane, Extent extent, ValueRange range) {
    int size = gridSize(vae.config());
    float[] points = new float[2 * size * size];
    for (int i = 0; i < size * size; i++) {
      points[2 * i] = at(extent, 0, i % size, size);
      points[2 * i + 1] = at(extent, 1, i / size, size);
    }
    float[] decoded = vae.config().input().restored(vae.decode(plane.latents(points)));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("kind", "grid");
    data.put("size", size);
    data.put("low", Extent.list(extent.low()));
    data.put("high", Extent.list(extent.high()));
    data.put("values", Base64Text.of(range.quantised(decoded, 0, decoded.length)));
    data.put("range", range.json());
    return data;
  }

  private static float at(Extent extent, int axis, int place, int size) {
    float low = extent.low()[axis];
    return low + (extent.high()[axis] - low) * place / (size - 1);
  }
}
