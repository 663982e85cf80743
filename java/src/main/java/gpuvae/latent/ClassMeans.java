package gpuvae.latent;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The average latent of each class. */
public final class ClassMeans {
  private final Map<Integer, float[]> means = new TreeMap<>();

  private ClassMeans() {}

  /**
   * Averages the means of each class.
   *
   * @throws IllegalArgumentException if the latents have no labels
   */
  public static ClassMeans of(Latents latents) {
    if (latents.labels() == null) {
      throw new IllegalArgumentException("the data has no labels, so there are no classes");
    }
    Map<Integer, double[]> sums = new TreeMap<>();
    Map<Integer, Integer> counts = new TreeMap<>();
    int latent = latents.latent();
    for (int row = 0; row < latents.rows(); row++) {
      int label = latents.labels()[row];
      double[] sum = sums.computeIfAbsent(label, _ -> new double[latent]);
      for (int i = 0; i < latent; i++) {
        sum[i] += latents.mean()[row * latent + i];
      }
      counts.merge(label, 1, Integer::sum);
    }
    ClassMeans result = new ClassMeans();
    sums.forEach((label, sum) -> result.means.put(label, divided(sum, counts.get(label))));
    return result;
  }

  private static float[] divided(double[] sum, int count) {
    float[] mean = new float[sum.length];
    for (int i = 0; i < sum.length; i++) {
      mean[i] = (float) (sum[i] / count);
    }
    return mean;
  }

  /** The classes that the data has, ascending. */
  public List<Integer> classes() {
    return List.copyOf(means.keySet());
  }

  /**
   * The average latent of one class.
   *
   * @return [latent], a copy
   * @throws IllegalArgumentException if the data has no sample of it
   */
  public float[] mean(int label) {
    float[] mean = means.get(label);
    if (mean == null) {
      throw new IllegalArgumentException(
          "no sample of class " + label + ", the data has classes " + classes());
    }
    return mean.clone();
  }
}
