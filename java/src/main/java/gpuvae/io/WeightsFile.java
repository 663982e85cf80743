package gpuvae.io;

import gpuvae.model.ParameterLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@link Weights} as tensors with PyTorch's names: parameters, and of a batch norm
 * NAME.running_mean, NAME.running_var and NAME.num_batches_tracked (I64, shape []).
 *
 * @param layout of the model
 * @param prefix of every name
 */
record WeightsFile(ParameterLayout layout, String prefix) {
  private static final String MEAN = ".running_mean";
  private static final String TRACKED = ".num_batches_tracked";

  List<String> names() {
    List<String> names = new ArrayList<>(counters());
    layout.entries().forEach(entry -> names.add(prefix + entry.name()));
    layout.statistics().forEach(entry -> names.add(prefix + entry.name()));
    return names;
  }

  private List<String> counters() {
    return layout.statistics().stream()
        .map(ParameterLayout.Entry::name)
        .filter(name -> name.endsWith(MEAN))
        .map(name -> prefix + name.substring(0, name.length() - MEAN.length()) + TRACKED)
        .toList();
  }

  void add(SafetensorsWriter writer, Weights weights) {
    addFlat(writer, prefix, layout.entries(), weights.parameters());
    addFlat(writer, prefix, layout.statistics(), weights.statistics());
    for (String counter : counters()) {
      writer.add(counter, new long[0], new long[] {weights.batchesTracked()});
    }
  }

  static void addFlat(
      SafetensorsWriter writer, String prefix, List<ParameterLayout.Entry> entries, float[] flat) {
    for (ParameterLayout.Entry entry : entries) {
      writer.add(prefix + entry.name(), shape(entry), flat, entry.offset(), entry.size());
    }
  }

  Weights read(SafetensorsReader reader, Path file) throws IOException {
    long tracked = 0;
    for (String counter : counters()) {
      check(reader, file, counter, new long[0]);
      tracked = Math.max(tracked, reader.longs(counter)[0]);
    }
    return new Weights(
        readFlat(reader, file, prefix, layout.entries(), layout.flatSize()),
        readFlat(reader, file, prefix, layout.statistics(), layout.statisticsSize()),
        tracked);
  }

  static float[] readFlat(
      SafetensorsReader reader,
      Path file,
      String prefix,
      List<ParameterLayout.Entry> entries,
      int size)
      throws IOException {
    float[] flat = new float[size];
    for (ParameterLayout.Entry entry : entries) {
      String name = prefix + entry.name();
      check(reader, file, name, shape(entry));
      System.arraycopy(reader.floats(name), 0, flat, entry.offset(), entry.size());
    }
    return flat;
  }

  private static void check(SafetensorsReader reader, Path file, String name, long[] expected)
      throws IOException {
    if (!reader.names().contains(name)) {
      throw new IOException(file + ": tensor " + name + " is missing");
    }
    long[] shape = reader.info(name).shape();
    if (!Arrays.equals(shape, expected)) {
      throw new IOException(
          "%s: tensor %s has shape %s, the configuration says %s"
              .formatted(file, name, Arrays.toString(shape), Arrays.toString(expected)));
    }
  }

  private static long[] shape(ParameterLayout.Entry entry) {
    return entry.shape().stream().mapToLong(Integer::longValue).toArray();
  }
}
