package gpuvae.latent;

import gpuvae.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Latents as a CSV file. The header names the columns: label where labels are known, then mu_0,
 * mu_1 ..., and sigma_0, sigma_1 ... where the model samples.
 */
public final class LatentsFile {
  private LatentsFile() {}

  /**
   * Writes latents.
   *
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, Latents latents) throws IOException {
    StringBuilder text = new StringBuilder();
    header(text, latents);
    int width = latents.latent();
    for (int row = 0; row < latents.rows(); row++) {
      if (latents.labels() != null) {
        text.append(latents.labels()[row]).append(',');
      }
      append(text, latents.mean(), row * width, width);
      if (latents.sigma() != null) {
        append(text.append(','), latents.sigma(), row * width, width);
      }
      text.append('\n');
    }
    AtomicFile.writeString(file, text.toString());
  }

  private static void header(StringBuilder text, Latents latents) {
    text.append(latents.labels() == null ? "" : "label,");
    for (int i = 0; i < latents.latent(); i++) {
      text.append(i == 0 ? "mu_" : ",mu_").append(i);
    }
    for (int i = 0; latents.sigma() != null && i < latents.latent(); i++) {
      text.append(",sigma_").append(i);
    }
    text.append('\n');
  }

  private static void append(StringBuilder text, float[] values, int start, int count) {
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : ",").append(values[start + i]);
    }
  }

  /**
   * Reads latents to be decoded: the columns mu_0, mu_1 ... or z_0, z_1 ... of a file with a
   * header, whatever else it has; or rows of nothing but as many numbers.
   *
   * @param latent size of z
   * @return [rows, latent]
   * @throws IOException if the file cannot be read, has other columns or no row, or a number is
   *     missing or not finite; the message names the line and the column
   */
  public static float[] read(Path file, int latent) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (MalformedInputException e) {
      throw new IOException(file + " is no text in UTF-8", e);
    }
    int[] columns = columns(file, lines.isEmpty() ? "" : lines.getFirst(), latent);
    boolean header = columns != null;
    int fields = header ? lines.getFirst().split(",", -1).length : latent;
    List<String> body = header ? lines.subList(1, lines.size()) : lines;
    float[] z = new float[Math.multiplyExact(body.size(), latent)];
    int filled = 0;
    for (int i = 0; i < body.size(); i++) {
      if (body.get(i).isBlank()) {
        continue;
      }
      String[] row = body.get(i).split(",", -1);
      String place = "%s: line %d".formatted(file, i + (header ? 2 : 1));
      if (row.length != fields) {
        throw new IOException(
            "%s has %d columns, expected %s"
                .formatted(place, row.length, header ? fields : latent + ", the size of z"));
      }
      for (int k = 0; k < latent; k++) {
        int column = header ? columns[k] : k;
        z[filled++] = number(row[column], place + ", column " + (column + 1));
      }
    }
    if (filled == 0) {
      throw new IOException(file + " has no row of latents");
    }
    return Arrays.copyOf(z, filled);
  }

  /** Where mu_0 ... or z_0 ... stand; null if the first line is no header. */
  private static int[] columns(Path file, String first, int latent) throws IOException {
    if (first.chars().noneMatch(c -> Character.isLetter(c) && c != 'e' && c != 'E')) {
      return null;
    }
    List<String> names = List.of(first.replace("\uFEFF", "").replaceAll("[\" ]", "").split(","));
    String prefix = names.contains("mu_0") ? "mu_" : "z_";
    int[] columns = new int[latent];
    for (int i = 0; i < latent; i++) {
      columns[i] = names.indexOf(prefix + i);
      if (columns[i] < 0) {
        throw new IOException(
            "%s has no column %s%d, expected mu_0 to mu_%d, or z_0 to z_%d"
                .formatted(file, prefix, i, latent - 1, latent - 1));
      }
    }
    if (names.contains(prefix + latent)) {
      throw new IOException(
          "%s has a column %s%d, expected latents of size %d, up to %s%d"
              .formatted(file, prefix, latent, latent, prefix, latent - 1));
    }
    return columns;
  }

  private static float number(String text, String place) throws IOException {
    float value;
    try {
      value = Float.parseFloat(text.strip());
    } catch (NumberFormatException e) {
      throw new IOException("%s: '%s' is not a number".formatted(place, text.strip()), e);
    }
    if (!Float.isFinite(value)) {
      throw new IOException("%s: %s is not finite".formatted(place, text.strip()));
    }
    return value;
  }
}
