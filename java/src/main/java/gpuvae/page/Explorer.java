package gpuvae.page;

import gpuvae.GpuVae;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.latent.ClassMeans;
import gpuvae.latent.Latents;
import gpuvae.measure.LatentUse;
import gpuvae.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One page to walk through a model's latent space: sliders, a map of the samples, class averages,
 * the way between two samples, the training curves.
 *
 * <p>Dense decoders are in the page and decode in the browser. Of other decoders the page has a
 * grid of points of the map, decoded by the library, and interpolates; the latents are then the two
 * coordinates of the map.
 */
public final class Explorer {
  /** Samples that the map shows at most. */
  static final int MAP_SAMPLES = 10_000;

  /** Classes beyond which labels are taken as numbers, not as classes. */
  private static final int MOST_CLASSES = 100;

  /** Where the standard normal has nearly all its samples. */
  private static final float PRIOR_REACH = 3.5f;

  private final GpuVae vae;
  private final VaeConfig config;
  private final Dataset data;
  private final Latents latents;
  private final ClassMeans classes;
  private final LatentUse use;
  private final Plane plane;
  private final boolean dense;

  private Explorer(GpuVae vae, Dataset data) {
    this.vae = vae;
    config = vae.config();
    this.data = data.limit(MAP_SAMPLES);
    latents = Latents.of(vae, this.data);
    for (float mean : latents.mean()) {
      if (!Float.isFinite(mean)) {
        throw new IllegalArgumentException(
            "the model encodes samples of %s as %s: there is nothing to explore"
                .formatted(data.name(), mean));
      }
    }
    ClassMeans means = latents.labels() == null ? null : ClassMeans.of(latents);
    classes = means == null || means.classes().size() > MOST_CLASSES ? null : means;
    use = config.isVariational() ? LatentUse.of(vae, this.data) : null;
    plane = Plane.of(latents);
    dense = DecoderData.isDense(config);
  }

  /**
   * Writes the page.
   *
   * @param data samples to show, best the test set: the first 10,000 on the map
   * @param run the folder of the training run, whose metrics.csv is shown if it is there; null for
   *     none
   * @throws IllegalArgumentException if the samples are not of the model's size, are too few for
   *     principal components, or are not encoded to finite numbers
   * @throws IOException naming the file and the reason
   */
  public static void write(Path file, GpuVae vae, Dataset data, Path run) throws IOException {
    Page.write(file, "explorer.html", new Explorer(vae, data).page(run));
  }

  private Map<String, Object> page(Path run) throws IOException {
    Map<String, Object> page = new LinkedHashMap<>();
    Shape shape = config.input().shape();
    SampleChoice choice = SampleChoice.of(data, classes);
    float[] originals = choice.values(data, config.input());
    ValueRange range = range(originals);
    float[] coordinates = dense ? latents.mean() : plane.project(latents.mean());
    Extent mapExtent = Extent.of(plane.project(latents.mean()), 2, 0);
    page.putAll(new Words(vae, data, dense).json());
    page.put("shape", List.of(shape.channels(), shape.height(), shape.width()));
    page.put("image", shape.isImage());
    page.put("range", range.json());
    page.put("variational", config.isVariational());
    page.put(
        "decoder", dense ? DecoderData.dense(vae) : DecoderData.grid(vae, plane, mapExtent, range));
    page.put("dimensions", dense ? latentDimensions() : mapDimensions(mapExtent));
    page.put("order", dense ? order() : List.of(0, 1));
    page.put("plane", map(mapExtent));
    page.put("classes", classAverages(range));
    page.put("samples", choice.json(data, originals, range, coordinates));
    page.put("metrics", run == null ? null : RunFiles.text(run, Trainer.METRICS));
    return page;
  }

  private ValueRange range(float[] originals) {
    if (config.input().shape().isImage()) {
      return ValueRange.UNIT;
    }
    float[] inputs = data.input(config.input(), 0, Math.min(data.size(), 1000));
    return ValueRange.of(originals, config.input().restored(vae.reconstruct(inputs)));
  }

  private List<Object> latentDimensions() {
    Extent extent =
        Extent.of(latents.mean(), config.latent(), config.isVariational() ? PRIOR_REACH : 0);
    List<Object> dimensions = new ArrayList<>();
    for (int i = 0; i < config.latent(); i++) {
      String note = use == null ? "" : note(use.dimensions().get(i));
      dimensions.add(dimension("z" + i, note, extent, i));
    }
    return dimensions;
  }

  private static String note(LatentUse.Dimension dimension) {
    String unused = dimension.isActive() ? "" : " unused";
    return String.format(Locale.ROOT, "KL %.2f%s", dimension.kl(), unused);
  }

  private static List<Object> mapDimensions(Extent extent) {
    return List.of(
        dimension("Across", "the map", extent, 0), dimension("Upwards", "the map", extent, 1));
  }

  private static Map<String, Object> dimension(String name, String note, Extent extent, int i) {
    Map<String, Object> dimension = new LinkedHashMap<>();
    dimension.put("name", name);
    dimension.put("note", note);
    dimension.put("low", extent.low()[i]);
    dimension.put("high", extent.high()[i]);
    return dimension;
  }

  /** Most KL first; without KL as they come. */
  private List<Integer> order() {
    return use == null
        ? IntStream.range(0, config.latent()).boxed().toList()
        : use.byKl().stream().map(LatentUse.Dimension::index).toList();
  }

  /** In the page's coordinates: the latents, or those of the map itself. */
  private Map<String, Object> map(Extent extent) {
    Plane own = dense ? plane : new Plane(new float[2], new float[] {1, 0}, new float[] {0, 1}, "");
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("origin", Base64Text.of(own.origin()));
    map.put("x", Base64Text.of(own.x()));
    map.put("y", Base64Text.of(own.y()));
    map.put("low", Extent.list(extent.low()));
    map.put("high", Extent.list(extent.high()));
    map.put("points", Base64Text.of(plane.project(latents.mean())));
    map.put("labels", classes == null ? null : Base64Text.of(classNumbers()));
    map.put("words", plane.words());
    return map;
  }

  private byte[] classNumbers() {
    byte[] numbers = new byte[latents.rows()];
    for (int row = 0; row < numbers.length; row++) {
      numbers[row] = (byte) classes.classes().indexOf(latents.labels()[row]);
    }
    return numbers;
  }

  /** Where the page does not decode exactly, with the average's picture. */
  private List<Object> classAverages(ValueRange range) {
    List<Object> averages = new ArrayList<>();
    for (int label : classes == null ? List.<Integer>of() : classes.classes()) {
      float[] mean = classes.mean(label);
      Map<String, Object> average = new LinkedHashMap<>();
      average.put("label", Integer.toString(label));
      average.put("z", Base64Text.of(dense ? mean : plane.project(mean)));
      if (!dense) {
        float[] decoded = config.input().restored(vae.decode(mean));
        average.put("values", Base64Text.of(range.quantised(decoded, 0, decoded.length)));
      }
      averages.add(average);
    }
    return averages;
  }
}
