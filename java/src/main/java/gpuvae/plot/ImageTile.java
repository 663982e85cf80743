package gpuvae.plot;

/** An image in NCHW order, [channels, height, width], values in [0, 1], clamped. */
record ImageTile(int channels, int height, int width) implements Tile {
  ImageTile {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "channels is " + channels + ": 1 (gray) or 3 (red, green, blue) can be drawn");
    }
    if (height < 1 || width < 1 || (long) height * width > Integer.MAX_VALUE / channels) {
      throw new IllegalArgumentException(
          "an image of height " + height + " and width " + width + " cannot be drawn");
    }
  }

  @Override
  public int size() {
    return channels * height * width;
  }

  @Override
  public int rgb(float[] values, int offset, int x, int y) {
    int plane = height * width;
    int rgb = 0;
    for (int channel = 0; channel < 3; channel++) {
      float value = values[offset + channel % channels * plane + y * width + x];
      if (!Float.isFinite(value)) {
        return NOT_FINITE;
      }
      rgb = rgb << 8 | Math.round(Math.clamp(value, 0f, 1f) * 255);
    }
    return rgb;
  }

  @Override
  public Tile fitted(float[]... values) {
    return this;
  }
}
