package gpuvae.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tensors of a file by the names that a model has for them.
 *
 * @param reader of the file
 * @param file what errors call it
 * @param theirs the file's names by the model's
 */
record NamedTensors(SafetensorsReader reader, Path file, Map<String, String> theirs) {
  /** Those whose names begin so, by what follows. */
  static NamedTensors withPrefix(SafetensorsReader reader, Path file, String prefix) {
    Map<String, String> theirs = new LinkedHashMap<>();
    for (String name : reader.names()) {
      if (name.startsWith(prefix)) {
        theirs.put(name.substring(prefix.length()), name);
      }
    }
    return new NamedTensors(reader, file, theirs);
  }

  /**
   * Refuses tensors other than these.
   *
   * @param expected shapes by name
   * @throws MisfitException with a line for each that is missing, unexpected or of another shape
   */
  void check(Map<String, long[]> expected) throws IOException {
    List<String> missing = new ArrayList<>();
    List<String> misshaped = new ArrayList<>();
    for (Map.Entry<String, long[]> entry : expected.entrySet()) {
      String name = entry.getKey();
      String shape = Arrays.toString(entry.getValue());
      if (!theirs.containsKey(name)) {
        missing.add("missing: " + name + " " + shape);
      } else if (!Arrays.equals(shape(name), entry.getValue())) {
        misshaped.add("another shape: %s, the model has %s".formatted(label(name), shape));
      }
    }
    List<String> unexpected = new ArrayList<>();
    for (String name : theirs.keySet()) {
      if (!expected.containsKey(name)) {
        unexpected.add("unexpected: " + label(name));
      }
    }
    List<String> lines = new ArrayList<>();
    lines.addAll(missing);
    lines.addAll(unexpected);
    lines.addAll(misshaped);
    if (!lines.isEmpty()) {
      throw new MisfitException(
          "%s does not fit the model: tensors missing %d, unexpected %d, of another shape %d"
              .formatted(file, missing.size(), unexpected.size(), misshaped.size()),
          lines);
    }
  }

  /** As in fc1.weight [400, 784], or fc1.weight [400, 784] as encoder.fc1.weight. */
  private String label(String name) throws IOException {
    String tensor = theirs.get(name) + " " + Arrays.toString(shape(name));
    return theirs.get(name).endsWith(name) ? tensor : tensor + " as " + name;
  }

  private long[] shape(String name) throws IOException {
    return reader.info(theirs.get(name)).shape();
  }

  DType dtype(String name) throws IOException {
    return reader.info(theirs.get(name)).dtype();
  }

  float[] floats(String name) throws IOException {
    return reader.floats(theirs.get(name));
  }

  long[] longs(String name) throws IOException {
    return reader.longs(theirs.get(name));
  }
}
