package gpuvae.backend.cpu;

import gpuvae.backend.Tensor;
import java.util.Arrays;

/**
 * The gradient of a convolution's filters: for each of their elements, the products of the target
 * with what the element sees of the source. A worker takes some of the images, a few at a time; how
 * they are shared, and so the order of the sum, depends on the layout and their number alone.
 */
final class FilterGradient {
  /** The most sums that are added up at last. */
  private static final int PARTS = 16;

  private final WorkerPool pool;
  private final MatrixKernels matrices;
  private final ImageKernels images;
  private final PaddedImages[] padded;
  private final float[][] turned;
  private final Task multiply = this::multiply;
  private final Task addUp = this::addUp;
  private float[] partial = {};

  // The operation under way.
  private Correlation correlation;
  private int rows;
  private float[] source;
  private int sourceOffset;
  private float[] target;
  private int targetOffset;
  private float[] gradient;
  private int gradientOffset;
  private int columns;
  private int units;
  private int parts;

  FilterGradient(WorkerPool pool, Kernels kernels, PaddedImages[] padded) {
    this.pool = pool;
    matrices = kernels.matrices();
    this.padded = padded;
    images = kernels.images();
    turned = new float[pool.workers()][0];
  }

  /**
   * Products that a layout makes with the widest vectors, those in unused lanes too. Not with this
   * machine's: the order of the sums must not depend on them.
   */
  static long work(Correlation layout) {
    int vectors = Math.ceilDiv(layout.targetChannels, Lanes.COUNT);
    return (long) layout.taps() * layout.rows.period * layout.stride * vectors;
  }

  /**
   * Runs.
   *
   * @param x the layout's source images
   * @param y its target images, or their gradient
   */
  void run(int count, Correlation layout, Tensor x, Tensor y, Tensor result) {
    correlation = layout;
    rows = count;
    source = CpuStorage.floats(x);
    sourceOffset = (int) x.offset();
    target = CpuStorage.floats(y);
    targetOffset = (int) y.offset();
    gradient = CpuStorage.floats(result);
    gradientOffset = (int) result.offset();
    columns = images.padded(layout.targetChannels);
    units = layout.bands * Math.ceilDiv(rows, layout.group);
    parts = Math.min(PARTS, units);
    // The last row is for their sum.
    int size = (parts + 1) * layout.taps() * columns;
    if (partial.length < size) {
      partial = new float[size];
    }
    pool.run(multiply, parts);
    pool.run(addUp, layout.taps());
    source = null;
    target = null;
    gradient = null;
  }

  private void multiply(int part, int worker) {
    int size = correlation.taps() * columns;
    Arrays.fill(partial, part * size, (part + 1) * size, 0);
    padded[worker].prepare(correlation);
    if (turned[worker].length < correlation.longest() * columns) {
      turned[worker] = new float[correlation.longest() * columns];
    }
    for (int unit = units * part / parts; unit < units * (part + 1) / parts; unit++) {
      int image = unit / correlation.bands * correlation.group;
      int band = unit % correlation.bands;
      int count = Math.min(correlation.group, rows - image);
      padded[worker].fill(source, sourceOffset, image, count, band);
      for (Correlation.Block block : correlation.blocks) {
        int positions = correlation.positions(block, count, band);
        if (positions > 0) {
          turn(block, image, count, band, turned[worker]);
          images.products(
              block.taps(),
              positions,
              padded[worker].buffer(),
              0,
              block.offsets(),
              1,
              turned[worker],
              0,
              columns,
              partial,
              part * size + block.firstTap() * columns,
              true);
        }
      }
    }
  }

  /** The target's pixels where they lie in the buffer, channels side by side; zeros between. */
  private void turn(Correlation.Block block, int image, int count, int band, float[] to) {
    Correlation c = correlation;
    int height = c.rows(block, band);
    int width = block.columns().count();
    int step = c.rows.targetStep;
    int plane = c.targetHeight * c.targetWidth;
    for (int i = 0; i < count; i++) {
      int from =
          targetOffset
              + (image + i) * c.targetChannels * plane
              + (block.rows().first() + band * c.bandRows * step) * c.targetWidth
              + block.columns().first();
      int position = i * c.imageRows * c.stride;
      for (int row = 0; row < height; row++) {
        if (step == 1) {
          matrices.transpose(
              c.targetChannels, width, target, from, plane, to, position * columns, columns);
        } else {
          for (int channel = 0; channel < c.targetChannels; channel++) {
            for (int j = 0; j < width; j++) {
              to[(position + j) * columns + channel] = target[from + channel * plane + j * step];
            }
          }
        }
        Arrays.fill(to, (position + width) * columns, (position + c.stride) * columns, 0);
        from += step * c.targetWidth;
        position += c.stride;
      }
      Arrays.fill(to, position * columns, (i + 1) * c.imageRows * c.stride * columns, 0);
    }
  }

  /** One product of all target channels. */
  private void addUp(int product, int worker) {
    int size = correlation.taps() * columns;
    int sum = parts * size + product * columns;
    Arrays.fill(partial, sum, sum + columns, 0);
    for (int part = 0; part < parts; part++) {
      int from = part * size + product * columns;
      for (int channel = 0; channel < columns; channel++) {
        partial[sum + channel] += partial[from + channel];
      }
    }
    Correlation.Block block = block(product);
    int to = gradientOffset + correlation.weight(block, product - block.firstTap());
    for (int channel = 0; channel < correlation.targetChannels; channel++) {
      gradient[to + channel * correlation.weightStride()] = partial[sum + channel];
    }
  }

  private Correlation.Block block(int product) {
    int i = correlation.blocks.length - 1;
    while (correlation.blocks[i].firstTap() > product) {
      i--;
    }
    return correlation.blocks[i];
  }
}
