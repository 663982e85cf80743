package gpuvae.model;

import gpuvae.backend.Noise;
import gpuvae.backend.Philox;
import java.util.Arrays;

/**
 * Initial parameters as PyTorch's layers have them: centre +- bound, uniform, drawn by {@link
 * Philox} with counter (index / 4, parameter, 0, tag), so that a seed gives the same model on every
 * device.
 */
final class Initialiser {
  private Initialiser() {}

  /** Fills a flat buffer; padding is 0. */
  static float[] values(ParameterLayout layout, long seed) {
    float[] flat = new float[layout.flatSize()];
    int[] words = new int[4];
    int tag = Philox.tag(Noise.INITIALISE, 0, 0);
    int parameter = 0;
    for (ParameterLayout.Entry entry : layout.entries()) {
      float bound = (float) entry.bound();
      float centre = (float) entry.centre();
      int size = entry.size();
      for (int i = 0; i < size; i++) {
        if (i % 4 == 0) {
          Philox.words(seed, i / 4, parameter, 0, tag, words);
        }
        flat[entry.offset() + i] = centre + bound * (2 * Philox.uniform(words[i % 4]) - 1);
      }
      parameter++;
    }
    return flat;
  }

  /** Running statistics before the first step: means 0, variances 1. */
  static float[] statistics(ParameterLayout layout) {
    float[] flat = new float[layout.statisticsSize()];
    for (ParameterLayout.Entry entry : layout.statistics()) {
      Arrays.fill(flat, entry.offset(), entry.offset() + entry.size(), (float) entry.centre());
    }
    return flat;
  }
}
