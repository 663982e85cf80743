package gpuvae.cli;

import gpuvae.GpuVae;
import gpuvae.data.Dataset;
import gpuvae.latent.ClassMeans;
import gpuvae.latent.Latents;
import gpuvae.latent.LatentsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;

/** Latents by the names that people give them; data is asked for when a name needs it. */
final class Points {
  private final GpuVae vae;
  private final int latent;
  private final Supplier<Dataset> data;
  private ClassMeans classes;

  Points(GpuVae vae, Supplier<Dataset> data) {
    this.vae = vae;
    this.data = data;
    latent = vae.config().latent();
  }

  /** image:INDEX, class:LABEL, csv:FILE:ROW or z:NUMBERS. */
  float[] parse(String text) {
    int colon = text.indexOf(':');
    String value = text.substring(colon + 1);
    return switch (colon < 0 ? "" : text.substring(0, colon)) {
      case "image" -> image(number(text, value));
      case "class" -> classMean(number(text, value));
      case "csv" -> row(text, value);
      case "z" -> numbers(text, value);
      default -> throw unknown(text);
    };
  }

  /** The mean of a sample of the data. */
  float[] image(int index) {
    Dataset set = data.get();
    if (index < 0 || index >= set.size()) {
      throw new UsageException(
          "there is no image %d, %s has 0 to %d".formatted(index, set.name(), set.size() - 1),
          null);
    }
    return vae.encode(set.input(vae.config().input(), index, 1)).mean();
  }

  private float[] classMean(int label) {
    try {
      if (classes == null) {
        if (!data.get().hasLabels()) {
          throw new UsageException(
              data.get().name() + " has no labels, so there are no classes",
              "image:0 or another image");
        }
        classes = ClassMeans.of(Latents.of(vae, data.get()));
      }
      return classes.mean(label);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e, null);
    }
  }

  private float[] row(String text, String value) {
    int colon = value.lastIndexOf(':');
    if (colon < 1) {
      throw unknown(text);
    }
    int row = number(text, value.substring(colon + 1));
    Path file = Path.of(value.substring(0, colon));
    float[] z;
    try {
      z = LatentsFile.read(file, latent);
    } catch (IOException e) {
      throw new UsageException(e, Text.program() + " encode, which makes such a file");
    }
    int rows = z.length / latent;
    if (row < 0 || row >= rows) {
      throw new UsageException("%s: the file has rows 0 to %d".formatted(text, rows - 1), null);
    }
    return Arrays.copyOfRange(z, row * latent, (row + 1) * latent);
  }

  private float[] numbers(String text, String value) {
    String[] fields = value.split(",", -1);
    if (fields.length != latent) {
      throw new UsageException(
          "%s: %s, the model's z has %d"
              .formatted(text, Text.count(fields.length, "number"), latent),
          "z: with %s, separated by commas".formatted(Text.count(latent, "number")));
    }
    float[] z = new float[latent];
    for (int i = 0; i < latent; i++) {
      z[i] = finite(text, fields[i]);
    }
    return z;
  }

  private static float finite(String text, String field) {
    try {
      float number = Float.parseFloat(field.strip());
      if (Float.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Told below.
    }
    throw new UsageException(text + ": '" + field + "' is not a finite number", null);
  }

  private static int number(String text, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw unknown(text);
    }
  }

  private static UsageException unknown(String text) {
    return new UsageException(
        "'" + text + "' is no point, expected image:INDEX, class:LABEL, csv:FILE:ROW or z:NUMBERS",
        "image:0");
  }
}
