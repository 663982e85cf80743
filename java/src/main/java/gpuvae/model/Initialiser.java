package gpuvae.model;

import gpuvae.backend.Noise;
import gpuvae.backend.Philox;

/**
 * Initial parameters as PyTorch's nn.Linear has them: weights and biases uniform in +-1/sqrt(fan
 * in), drawn by {@link Philox} with counter (index / 4, parameter, 0, tag), so that a seed gives
 * the same model on every device.
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
      float bound = (float) (1 / Math.sqrt(entry.fanIn()));
      int size = entry.size();
      for (int i = 0; i < size; i++) {
        if (i % 4 == 0) {
          Philox.words(seed, i / 4, parameter, 0, tag, words);
        }
        flat[entry.offset() + i] = bound * (2 * Philox.uniform(words[i % 4]) - 1);
      }
      parameter++;
    }
    return flat;
  }
}
