package gpuvae.config;

import gpuvae.backend.Binarisation;
import gpuvae.backend.Preprocessing;
import java.util.Locale;

/**
 * What a sample is, and how stored values become the model's input. Pixels are first scaled to [0,
 * 1]; then either (pixel - mean) / deviation, or binarised.
 *
 * @param shape of one sample
 * @param mean subtracted; 0 for none
 * @param deviation divided by; 1 for none
 * @param binarisation whether pixels are drawn as 0 or 1; not together with mean and deviation
 * @param binarisationSeed key of a static draw
 */
public record InputConfig(
    Shape shape, double mean, double deviation, Binarisation binarisation, long binarisationSeed) {
  /** Checks the fields. */
  public InputConfig {
    Check.given("input.shape", shape);
    Check.finite("input.mean", mean);
    Check.positive("input.deviation", deviation);
    Check.given("input.binarisation", binarisation);
    if (binarisation != Binarisation.NONE && (mean != 0 || deviation != 1)) {
      throw Check.refusal(
          "input.binarisation", binarisation, "none together with a mean or deviation");
    }
  }

  /** Values as they are. */
  public static InputConfig plain(Shape shape) {
    return new InputConfig(shape, 0, 1, Binarisation.NONE, 0);
  }

  /** The same for samples of another shape. */
  public InputConfig withShape(Shape other) {
    return new InputConfig(other, mean, deviation, binarisation, binarisationSeed);
  }

  /** The same, binarised. */
  public InputConfig withBinarisation(Binarisation other) {
    return new InputConfig(shape, mean, deviation, other, binarisationSeed);
  }

  /**
   * What the backend does to stored values.
   *
   * @param largest the stored value that means 1: 255 for bytes, 1 for floats
   */
  public Preprocessing preprocessing(double largest) {
    return new Preprocessing(
        (float) (1 / (largest * deviation)),
        (float) (-mean / deviation),
        binarisation,
        binarisationSeed);
  }

  /** What the model takes, in words, for whoever feeds it elsewhere: as in "pixels from 0 to 1". */
  public String expectation() {
    String values = shape.isImage() ? "pixels from 0 to 1" : "values as they are in the data";
    if (mean != 0 || deviation != 1) {
      return String.format(Locale.ROOT, "%s, less %s, divided by %s", values, mean, deviation);
    }
    return binarisation == Binarisation.NONE ? values : values + ", drawn as 0 or 1";
  }

  /**
   * The model's values as the data has them, pixels from 0 to 1: what normalising did is undone.
   *
   * @param values of any number of samples
   */
  public float[] restored(float[] values) {
    float[] restored = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      restored[i] = (float) (values[i] * deviation + mean);
    }
    return restored;
  }

  /** The data protocol in words: losses of different protocols cannot be compared. */
  public String protocol() {
    if (binarisation == Binarisation.STATIC) {
      return "fixed binarisation, seed " + binarisationSeed;
    }
    if (binarisation == Binarisation.DYNAMIC) {
      return "dynamic binarisation";
    }
    if (mean != 0 || deviation != 1) {
      return String.format(Locale.ROOT, "normalised by %s, %s", mean, deviation);
    }
    return shape.isImage() ? (shape.channels() == 1 ? "grayscale" : "colour") : "plain values";
  }
}
