package gpuvae.backend.cpu;

import java.util.Arrays;

/** A worker's buffer of source images, laid out as a {@link Correlation} says. */
final class PaddedImages {
  private final ImageKernels kernels;
  private float[] buffer = {};
  private Correlation layout;

  PaddedImages(ImageKernels kernels) {
    this.kernels = kernels;
  }

  float[] buffer() {
    return buffer;
  }

  /** Between its columns are zeros, that {@link #fill} leaves alone. */
  void prepare(Correlation correlation) {
    if (layout != correlation) {
      layout = correlation;
      int size = correlation.bufferSize();
      if (buffer.length < size) {
        buffer = new float[size];
      } else {
        Arrays.fill(buffer, 0, size, 0);
      }
    }
  }

  /** The rows that a band of a few images sees. */
  void fill(float[] source, int offset, int image, int images, int band) {
    Correlation c = layout;
    int features = c.sourceChannels * c.sourceHeight * c.sourceWidth;
    for (int i = 0; i < images; i++) {
      for (int channel = 0; channel < c.sourceChannels; channel++) {
        int from = offset + (image + i) * features + channel * c.sourceHeight * c.sourceWidth;
        for (int row = 0; row < c.rows.sources.length; row++) {
          for (int column = 0; column < c.columns.sources.length; column++) {
            int to = c.plane(channel, row, column) + i * c.imageRows * c.stride;
            plane(source, from, to, c.rows.sources[row], c.columns.sources[column], band);
          }
        }
      }
    }
  }

  private void plane(
      float[] source, int from, int to, Axis.Source down, Axis.Source across, int band) {
    Correlation c = layout;
    int firstRow = band * c.bandRows - down.lead();
    int before = Math.clamp(-firstRow, 0, c.imageRows);
    int end = Math.clamp(down.count() - firstRow, before, c.imageRows);
    Arrays.fill(buffer, to, to + before * c.stride, 0);
    Arrays.fill(buffer, to + end * c.stride, to + c.imageRows * c.stride, 0);
    int step = c.rows.sourceStep;
    int first = from + (down.first() + (firstRow + before) * step) * c.sourceWidth + across.first();
    int target = to + before * c.stride + across.lead();
    if (step == 1) {
      kernels.copyRows(
          end - before, across.count(), source, first, c.sourceWidth, 0, buffer, target, c.stride);
    } else if (step == 2) {
      kernels.copyEverySecond(
          end - before,
          across.count(),
          source,
          first,
          step * c.sourceWidth,
          buffer,
          target,
          c.stride);
    } else {
      for (int row = before; row < end; row++) {
        for (int i = 0; i < across.count(); i++) {
          buffer[target + i] = source[first + i * step];
        }
        first += step * c.sourceWidth;
        target += c.stride;
      }
    }
  }
}
