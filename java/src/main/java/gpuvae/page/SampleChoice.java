package gpuvae.page;

import gpuvae.config.InputConfig;
import gpuvae.data.Dataset;
import gpuvae.latent.ClassMeans;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The few samples that a page offers to choose from: the first of each class, or the first. */
record SampleChoice(List<Integer> rows) {
  private static final int COUNT = 60;

  static SampleChoice of(Dataset data, ClassMeans classes) {
    List<Integer> rows = new ArrayList<>();
    if (classes == null) {
      for (int row = 0; row < Math.min(COUNT, data.size()); row++) {
        rows.add(row);
      }
      return new SampleChoice(rows);
    }
    int each = Math.max(1, COUNT / classes.classes().size());
    for (int label : classes.classes()) {
      int found = 0;
      for (int row = 0; row < data.size() && found < each; row++) {
        if (data.label(row) == label) {
          rows.add(row);
          found++;
        }
      }
    }
    return new SampleChoice(rows);
  }

  /** Their values as the data has them, pixels from 0 to 1: [rows, features]. */
  float[] values(Dataset data, InputConfig input) {
    int features = data.features();
    float[] values = new float[rows.size() * features];
    for (int i = 0; i < rows.size(); i++) {
      float[] one = input.restored(data.input(input, rows.get(i), 1));
      System.arraycopy(one, 0, values, i * features, features);
    }
    return values;
  }

  /**
   * For the page.
   *
   * @param values as {@link #values} gives them
   * @param coordinates of all the data's samples, [size, any]
   */
  List<Object> json(Dataset data, float[] values, ValueRange range, float[] coordinates) {
    int width = coordinates.length / data.size();
    List<Object> samples = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      int row = rows.get(i);
      Map<String, Object> sample = new LinkedHashMap<>();
      sample.put("name", data.hasLabels() ? data.label(row) + " (#" + row + ")" : "#" + row);
      sample.put(
          "values", Base64Text.of(range.quantised(values, i * data.features(), data.features())));
      sample.put(
          "z", Base64Text.of(Arrays.copyOfRange(coordinates, row * width, (row + 1) * width)));
      samples.add(sample);
    }
    return samples;
  }
}
