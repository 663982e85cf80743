package gpuvae.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * From where to where values lie, column by column, with some room around them.
 *
 * @param low [columns]
 * @param high [columns], above low
 */
record Extent(float[] low, float[] high) {
  private static final float ROOM = 0.05f;

  /**
   * Of the rows of a matrix.
   *
   * @param values [rows, columns]
   * @param least how far it goes to both sides of 0 at least; 0 for no further than the values
   */
  static Extent of(float[] values, int columns, float least) {
    float[] low = new float[columns];
    float[] high = new float[columns];
    Arrays.fill(low, least > 0 ? -least : Float.POSITIVE_INFINITY);
    Arrays.fill(high, least > 0 ? least : Float.NEGATIVE_INFINITY);
    for (int i = 0; i < values.length; i++) {
      low[i % columns] = Math.min(low[i % columns], values[i]);
      high[i % columns] = Math.max(high[i % columns], values[i]);
    }
    for (int i = 0; i < columns; i++) {
      float room = high[i] > low[i] ? ROOM * (high[i] - low[i]) : 1;
      low[i] -= room;
      high[i] += room;
    }
    return new Extent(low, high);
  }

  static List<Float> list(float[] values) {
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }
}
