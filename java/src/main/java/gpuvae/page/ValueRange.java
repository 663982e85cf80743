package gpuvae.page;

import java.util.List;

/** What a sample's values are drawn within, and what 0 to 255 span where they are kept as bytes. */
record ValueRange(float low, float high) {
  /** Of pictures. */
  static final ValueRange UNIT = new ValueRange(0, 1);

  /** From the least to the largest of some values and 0. */
  static ValueRange of(float[]... arrays) {
    float low = 0;
    float high = 0;
    for (float[] values : arrays) {
      for (float value : values) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    return new ValueRange(low, high > low ? high : low + 1);
  }

  /** Each value rounded to one of 256; those outside, to the nearest end. */
  byte[] quantised(float[] values, int start, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      float share = (values[start + i] - low) / (high - low);
      bytes[i] = (byte) Math.round(Math.clamp(share, 0f, 1f) * 255);
    }
    return bytes;
  }

  List<Float> json() {
    return List.of(low, high);
  }
}
