package gpuvae.io;

import gpuvae.model.ParameterLayout;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link Weights} as tensors with PyTorch's names: parameters, and of a batch norm
 * NAME.running_mean, NAME.running_var and NAME.num_batches_tracked (I64, shape []).
 *
 * @param layout of the model
 */
record WeightsFile(ParameterLayout layout) {
  private static final String MEAN = ".running_mean";
  private static final String TRACKED = ".num_batches_tracked";

  private List<String> counters() {
    return layout.statistics().stream()
        .map(ParameterLayout.Entry::name)
        .filter(name -> name.endsWith(MEAN))
        .map(name -> name.substring(0, name.length() - MEAN.length()) + TRACKED)
        .toList();
  }

  void add(SafetensorsWriter writer, String prefix, Weights weights) {
    addFlat(writer, prefix, layout.entries(), weights.parameters());
    addFlat(writer, prefix, layout.statistics(), weights.statistics());
    for (String counter : counters()) {
      writer.add(prefix + counter, new long[0], new long[] {weights.batchesTracked()});
    }
  }

  static void addFlat(
      SafetensorsWriter writer, String prefix, List<ParameterLayout.Entry> entries, float[] flat) {
    for (ParameterLayout.Entry entry : entries) {
      writer.add(prefix + entry.name(), shape(entry), flat, entry.offset(), entry.size());
    }
  }

  Weights read(NamedTensors tensors) throws IOException {
    Map<String, long[]> expected = shapes(layout.entries());
    expected.putAll(shapes(layout.statistics()));
    counters().forEach(counter -> expected.put(counter, new long[0]));
    tensors.check(expected);
    long tracked = 0;
    for (String counter : counters()) {
      tracked = Math.max(tracked, tensors.longs(counter)[0]);
    }
    return new Weights(
        readFlat(tensors, layout.entries(), layout.flatSize()),
        readFlat(tensors, layout.statistics(), layout.statisticsSize()),
        tracked);
  }

  /** One of Adam's moments, which has a tensor for each parameter. */
  float[] readMoment(NamedTensors tensors) throws IOException {
    tensors.check(shapes(layout.entries()));
    return readFlat(tensors, layout.entries(), layout.flatSize());
  }

  private static float[] readFlat(
      NamedTensors tensors, List<ParameterLayout.Entry> entries, int size) throws IOException {
    float[] flat = new float[size];
    for (ParameterLayout.Entry entry : entries) {
      float[] values = tensors.floats(entry.name());
      System.arraycopy(values, 0, flat, entry.offset(), entry.size());
    }
    return flat;
  }

  private static Map<String, long[]> shapes(List<ParameterLayout.Entry> entries) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    entries.forEach(entry -> shapes.put(entry.name(), shape(entry)));
    return shapes;
  }

  private static long[] shape(ParameterLayout.Entry entry) {
    return entry.shape().stream().mapToLong(Integer::longValue).toArray();
  }
}
