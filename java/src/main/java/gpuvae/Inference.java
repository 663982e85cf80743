package gpuvae;

import gpuvae.backend.Binarisation;
import gpuvae.config.InputConfig;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.data.Order;
import gpuvae.model.ResidentData;
import gpuvae.model.VaeModel;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a model is asked apart from training, any number of rows in batches that it has room for.
 */
final class Inference {
  private final VaeConfig config;
  private final VaeModel model;
  private final ResidentSets residents;
  private final long seed;
  private final int features;
  private final int latent;

  Inference(VaeConfig config, VaeModel model, ResidentSets residents, long seed) {
    this.config = config;
    this.model = model;
    this.residents = residents;
    this.seed = seed;
    features = config.input().shape().features();
    latent = config.latent();
  }

  Posterior encode(float[] x) {
    return encode(
        rowsOf(x, features, "x"),
        (start, count, heads, sigma) ->
            model.encode(part(x, start, count, features), count, heads, sigma));
  }

  Posterior encode(Dataset dataset, int start, int rows) {
    Objects.checkFromIndexSize(start, rows, dataset.size());
    return encode(
        rows,
        (from, count, heads, sigma) ->
            model.encode(sequential(dataset), seed, start + from, count, heads, sigma));
  }

  /** Encodes some rows: heads [count, 2 latent] or [count, latent], sigma null in that case. */
  @FunctionalInterface
  private interface Encoding {
    void encode(int start, int count, float[] heads, float[] sigma);
  }

  private Posterior encode(int rows, Encoding encoding) {
    boolean sampled = config.isVariational();
    float[] mean = new float[rows * latent];
    float[] sigma = sampled ? new float[rows * latent] : null;
    int width = sampled ? 2 * latent : latent;
    for (int start = 0; start < rows; start += chunk()) {
      int count = Math.min(chunk(), rows - start);
      float[] heads = new float[count * width];
      float[] deviations = sampled ? new float[count * latent] : null;
      encoding.encode(start, count, heads, deviations);
      for (int row = 0; row < count; row++) {
        System.arraycopy(heads, row * width, mean, (start + row) * latent, latent);
      }
      if (sampled) {
        System.arraycopy(deviations, 0, sigma, start * latent, deviations.length);
      }
    }
    return new Posterior(rows, latent, mean, sigma);
  }

  private ResidentData sequential(Dataset dataset) {
    return residents.visit(Order.sequential(dataset));
  }

  float[] decode(float[] z) {
    return decode(z, model::decode);
  }

  float[] logits(float[] z) {
    if (config.likelihood() != Likelihood.BERNOULLI) {
      throw new IllegalStateException(
          "%s has no logits: its likelihood is %s"
              .formatted(config.name(), config.likelihood().label()));
    }
    return decode(z, model::logits);
  }

  /** Decodes some rows. */
  @FunctionalInterface
  private interface Decoding {
    void decode(float[] z, int count, float[] x);
  }

  private float[] decode(float[] z, Decoding decoding) {
    int rows = rowsOf(z, latent, "z");
    float[] x = new float[Math.multiplyExact(rows, features)];
    for (int start = 0; start < rows; start += chunk()) {
      int count = Math.min(chunk(), rows - start);
      float[] decoded = new float[count * features];
      decoding.decode(part(z, start, count, latent), count, decoded);
      System.arraycopy(decoded, 0, x, start * features, decoded.length);
    }
    return x;
  }

  float[] sample(int count, long seed, double temperature) {
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "temperature is " + temperature + ", allowed: 0 and above, finite");
    }
    float[] z = prior(count, seed);
    for (int i = 0; i < z.length; i++) {
      z[i] *= (float) temperature;
    }
    return decode(z);
  }

  private float[] prior(int count, long seed) {
    if (count < 1) {
      throw new IllegalArgumentException("count is " + count + ", allowed: 1 and above");
    }
    float[] z = new float[Math.multiplyExact(count, latent)];
    for (int start = 0; start < count; start += chunk()) {
      int rows = Math.min(chunk(), count - start);
      float[] drawn = new float[rows * latent];
      model.sampleLatent(seed, start, rows, drawn);
      System.arraycopy(drawn, 0, z, start * latent, drawn.length);
    }
    return z;
  }

  Evaluation evaluate(Dataset dataset) {
    ResidentData resident = sequential(dataset);
    Evaluation.Sums sums = new Evaluation.Sums(config, protocol());
    for (int start = 0; start < dataset.size(); start += chunk()) {
      int rows = Math.min(chunk(), dataset.size() - start);
      float[] reconstruction = new float[rows];
      float[] kl = config.isVariational() ? new float[rows] : null;
      model.evaluate(resident, seed, start, rows, reconstruction, kl);
      sums.add(reconstruction, kl);
    }
    return sums.evaluation();
  }

  double[] logWeights(Dataset dataset, int start, int rows, int samples) {
    Objects.checkFromIndexSize(start, rows, dataset.size());
    if (!config.isVariational()) {
      throw new IllegalArgumentException(config.name() + " has no posterior to draw samples from");
    }
    if (samples < 1 || samples > GpuVae.MOST_WEIGHTS) {
      throw new IllegalArgumentException(
          "samples is %d, allowed: 1 to %d".formatted(samples, GpuVae.MOST_WEIGHTS));
    }
    double[] weights = new double[Math.multiplyExact(rows, samples)];
    for (int from = 0; from < rows; from += chunk()) {
      int count = Math.min(chunk(), rows - from);
      PosteriorSamples drawn = new PosteriorSamples(config, count);
      model.encode(sequential(dataset), seed, start + from, count, drawn.heads, drawn.sigma);
      for (int k = 0; k < samples; k++) {
        model.resample(k, count, drawn.noise, drawn.reconstruction);
        for (int row = 0; row < count; row++) {
          weights[(from + row) * samples + k] = drawn.logWeight(row);
        }
      }
    }
    return weights;
  }

  /** As data sets are read here: a dynamic binarisation is drawn once, with this model's seed. */
  private String protocol() {
    InputConfig input = config.input();
    return input.binarisation() == Binarisation.DYNAMIC
        ? input.protocol() + ", drawn with seed " + seed
        : input.protocol();
  }

  /** Rows taken at a time. */
  private int chunk() {
    return Math.max(config.batchSize(), model.capacity());
  }

  /** How many rows there are; refuses none and parts of one. */
  static int rowsOf(float[] values, int width, String name) {
    if (values.length == 0 || values.length % width != 0) {
      throw new IllegalArgumentException(
          "%s has %d values, expected a multiple of %d".formatted(name, values.length, width));
    }
    return values.length / width;
  }

  private static float[] part(float[] values, int start, int rows, int width) {
    return start == 0 && rows * width == values.length
        ? values
        : Arrays.copyOfRange(values, start * width, (start + rows) * width);
  }
}
