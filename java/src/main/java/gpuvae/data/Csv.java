package gpuvae.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Rows of finite numbers, separated by commas, semicolons or tabs: by the first of semicolon, tab,
 * comma that the first line has. A first line without any number is a header. Blank lines are
 * skipped; numbers may stand in double quotes.
 */
final class Csv {
  private final Path file;
  private int line;
  private char separator;
  private int columns;
  private int rows;
  private float[] values = new float[1024];

  private Csv(Path file) {
    this.file = file;
  }

  /** Reads a file and makes every tenth row a test row. */
  static Split load(Path file) throws IOException {
    Csv csv = read(file);
    if (csv.rows < 2) {
      throw new IOException(
          "%s: %d rows of numbers, at least 2 are needed (one to train, one to test)"
              .formatted(file, csv.rows));
    }
    return csv.split();
  }

  /** Reads a file, all of it. */
  static Dataset whole(Path file) throws IOException {
    Csv csv = read(file);
    if (csv.rows == 0) {
      throw new IOException(file + ": no rows of numbers");
    }
    return Dataset.ofFloats(
        csv.name(), csv.columns, Arrays.copyOf(csv.values, csv.rows * csv.columns));
  }

  private static Csv read(Path file) throws IOException {
    Csv csv = new Csv(file);
    csv.read();
    return csv;
  }

  private String name() {
    return file.getFileName().toString();
  }

  private void read() throws IOException {
    boolean first = true;
    // This decoder replaces malformed bytes, so that they are reported where they stand.
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      for (String text = in.readLine(); text != null; text = in.readLine()) {
        line++;
        if (line == 1 && text.startsWith("\uFEFF")) { // byte order mark
          text = text.substring(1);
        }
        if (text.isBlank()) {
          continue;
        }
        if (first) {
          first = false;
          separator = text.indexOf(';') >= 0 ? ';' : text.indexOf('\t') >= 0 ? '\t' : ',';
          if (isHeader(text)) {
            continue;
          }
        }
        add(text);
      }
    }
  }

  private boolean isHeader(String text) {
    return Arrays.stream(text.split(String.valueOf(separator), -1))
        .noneMatch(field -> isNumber(bare(field)));
  }

  private void add(String text) throws IOException {
    String[] fields = text.split(String.valueOf(separator), -1);
    if (rows == 0) {
      columns = fields.length;
    }
    if (fields.length != columns) {
      throw new IOException(
          "%s: line %d has %d columns, expected %d as in the rows before"
              .formatted(file, line, fields.length, columns));
    }
    long needed = (rows + 1L) * columns;
    if (needed > values.length) {
      if (needed > Integer.MAX_VALUE - 8) {
        throw new IOException(file + ": more numbers than one array can hold");
      }
      int grown = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * values.length));
      values = Arrays.copyOf(values, grown);
    }
    for (int i = 0; i < columns; i++) {
      values[rows * columns + i] = number(bare(fields[i]), i + 1);
    }
    rows++;
  }

  private float number(String text, int column) throws IOException {
    float value = isNumber(text) ? Float.parseFloat(text) : Float.NaN;
    if (!Float.isFinite(value)) {
      throw new IOException(
          "%s: line %d, column %d: '%s' is not a finite number"
              .formatted(file, line, column, text));
    }
    return value;
  }

  /** Java's own parser would also take hexadecimal numbers and the suffixes d and f. */
  private static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    try {
      Float.parseFloat(text);
      return true;
    } catch (NumberFormatException _) {
      return false;
    }
  }

  private static String bare(String field) {
    String text = field.strip();
    boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
    return quoted ? text.substring(1, text.length() - 1).strip() : text;
  }

  private Split split() {
    int testRows = Split.testSize(rows);
    float[] train = new float[(rows - testRows) * columns];
    float[] test = new float[testRows * columns];
    int trained = 0;
    int tested = 0;
    for (int row = 0; row < rows; row++) {
      boolean isTest = Split.isTest(row, rows);
      int to = isTest ? tested++ : trained++;
      System.arraycopy(values, row * columns, isTest ? test : train, to * columns, columns);
    }
    return new Split(
        Dataset.ofFloats(name() + " train", columns, train),
        Dataset.ofFloats(name() + " test", columns, test),
        "%d rows of %d numbers from %s, %d of them to test"
            .formatted(rows, columns, file, testRows));
  }
}
