package gpuvae.backend;

import java.util.ArrayList;
import java.util.List;

/** Convolutions that are easy to get wrong. */
final class Geometries {
  private static final int RANDOM = 40;

  private Geometries() {}

  /** The presets' kinds, those at the edges of what is possible, and fresh random ones. */
  static List<Convolution> all(Inputs inputs) {
    List<Convolution> all = new ArrayList<>(named());
    for (int i = 0; i < RANDOM; i++) {
      all.add(random(inputs));
    }
    return all;
  }

  private static List<Convolution> named() {
    return List.of(
        // 'same' with an even kernel: one zero before, two after.
        new Convolution(1, 28, 28, 5, 28, 28, 4, 1, 1),
        // Halved: the last row's zeros are not needed.
        new Convolution(1, 28, 28, 7, 14, 14, 3, 2, 1),
        new Convolution(3, 7, 9, 5, 4, 5, 3, 2, 1),
        new Convolution(64, 7, 7, 64, 7, 7, 3, 1, 1),
        new Convolution(64, 3, 3, 40, 1, 1, 3, 1, 0),
        new Convolution(64, 12, 13, 1, 12, 13, 3, 1, 1),
        new Convolution(1, 1, 1, 1, 1, 1, 1, 1, 0),
        // One pixel seen through zeros.
        new Convolution(2, 1, 1, 3, 5, 5, 5, 1, 4),
        // Pixels between windows and after the last are not used.
        new Convolution(2, 11, 10, 3, 3, 3, 1, 3, 0),
        new Convolution(2, 9, 12, 3, 2, 3, 2, 3, 1),
        new Convolution(3, 33, 35, 2, 33, 35, 5, 1, 2));
  }

  private static Convolution random(Inputs inputs) {
    int kernel = 1 + inputs.below(5);
    int stride = 1 + inputs.below(3);
    int padding = inputs.below(kernel);
    int[] in = new int[2];
    int[] out = new int[2];
    for (int i = 0; i < 2; i++) {
      do {
        out[i] = 1 + inputs.below(9);
        int trailing = inputs.below(kernel + 3) - 3;
        in[i] = (out[i] - 1) * stride - padding + kernel - trailing;
      } while (in[i] < 1);
    }
    return new Convolution(
        1 + inputs.below(7),
        in[0],
        in[1],
        1 + inputs.below(7),
        out[0],
        out[1],
        kernel,
        stride,
        padding);
  }
}
