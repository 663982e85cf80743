package gpuvae.backend.cpu;

import gpuvae.backend.Tensor;
import java.util.Arrays;

/**
 * The gradient of a convolution's filters by {@link Winograd}: that of the transformed filters,
 * summed over all tiles, and transformed back at last. Images are shared as in {@link
 * FilterGradient}.
 */
final class WinogradFilterGradient {
  /** The most sums that are added up at last. */
  private static final int PARTS = 16;

  private final WorkerPool pool;
  private final Kernels kernels;
  private final ImageKernels images;
  private final WinogradKernels transforms;
  private final PaddedImages[] padded;
  private final WinogradInput[] inputs;
  private final float[][] turned;
  private final float[][] gradients;
  private final float[][] sums;
  private final float[][] filters;
  private final Task multiply = this::multiply;
  private final Task addUp = this::addUp;
  private float[] partial = {};

  // The operation under way.
  private Winograd winograd;
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

  WinogradFilterGradient(
      WorkerPool pool, Kernels kernels, PaddedImages[] padded, WinogradInput[] inputs) {
    this.pool = pool;
    this.kernels = kernels;
    this.padded = padded;
    this.inputs = inputs;
    images = kernels.images();
    transforms = images.winograd();
    turned = new float[pool.workers()][0];
    gradients = new float[pool.workers()][0];
    sums = new float[pool.workers()][0];
    filters = new float[pool.workers()][Winograd.PLACES];
  }

  /**
   * Runs.
   *
   * @param layout a forward one
   */
  void run(int count, Winograd layout, Tensor x, Tensor dy, Tensor result) {
    winograd = layout;
    rows = count;
    source = CpuStorage.floats(x);
    sourceOffset = (int) x.offset();
    target = CpuStorage.floats(dy);
    targetOffset = (int) dy.offset();
    gradient = CpuStorage.floats(result);
    gradientOffset = (int) result.offset();
    int vector = images.gradientColumns();
    columns = Math.ceilDiv(layout.targetChannels, vector) * vector;
    units = layout.tiles.bands * Math.ceilDiv(rows, layout.tiles.group);
    parts = Math.min(PARTS, units);
    if (partial.length < parts * size()) {
      partial = new float[parts * size()];
    }
    pool.run(multiply, parts);
    pool.run(addUp, layout.sourceChannels);
    source = null;
    target = null;
    gradient = null;
  }

  /** Floats of a sum: [place, source channel, target channel]. */
  private int size() {
    return Winograd.PLACES * winograd.sourceChannels * columns;
  }

  private void multiply(int part, int worker) {
    Arrays.fill(partial, part * size(), (part + 1) * size(), 0);
    padded[worker].prepare(winograd.tiles);
    reserve(worker);
    Correlation layout = winograd.tiles;
    for (int unit = units * part / parts; unit < units * (part + 1) / parts; unit++) {
      int image = unit / layout.bands * layout.group;
      int band = unit % layout.bands;
      int count = Math.min(layout.group, rows - image);
      padded[worker].fill(source, sourceOffset, image, count, band);
      turn(image, count, band, turned[worker]);
      int all = count * winograd.rows(band) * winograd.columns();
      for (int first = 0; first < all; first += Winograd.BLOCK) {
        int n = Math.min(Winograd.BLOCK, all - first);
        inputs[worker].transform(winograd, padded[worker].buffer(), band, first, first + n);
        transformGradient(band, worker);
        for (int place = 0; place < Winograd.PLACES; place++) {
          images.filterGradient(
              n,
              inputs[worker].transformed,
              winograd.channels[place],
              gradients[worker],
              place * placeStride(),
              columns,
              partial,
              part * size() + place * winograd.sourceChannels * columns);
        }
      }
    }
  }

  private void reserve(int worker) {
    int size = Winograd.PLACES * placeStride();
    if (gradients[worker].length < size) {
      gradients[worker] = new float[size];
    }
    Correlation layout = winograd.tiles;
    int pixels = 4 * layout.group * layout.bandRows * winograd.columns();
    if (turned[worker].length < pixels * columns) {
      turned[worker] = new float[pixels * columns];
    }
  }

  /** Floats of one place of a block's gradients: not a power of two, which caches dislike. */
  private int placeStride() {
    return Winograd.BLOCK * columns + WinogradKernels.BEYOND;
  }

  /** Pixels of whole tiles, channels side by side; zeros beyond the image. */
  private void turn(int image, int count, int band, float[] to) {
    int height = winograd.targetHeight;
    int width = winograd.targetWidth;
    int row = 2 * band * winograd.tiles.bandRows;
    int tileHeight = 2 * winograd.rows(band);
    int tileWidth = 2 * winograd.columns();
    int plane = height * width;
    for (int i = 0; i < count; i++) {
      int from = targetOffset + (image + i) * winograd.targetChannels * plane + row * width;
      for (int j = 0; j < tileHeight; j++) {
        int at = (i * tileHeight + j) * tileWidth;
        int used = row + j < height ? width : 0;
        if (used > 0) {
          kernels.transpose(
              winograd.targetChannels,
              width,
              target,
              from + j * width,
              plane,
              to,
              at * columns,
              columns);
        }
        Arrays.fill(to, (at + used) * columns, (at + tileWidth) * columns, 0);
      }
    }
  }

  private void transformGradient(int band, int worker) {
    int tileWidth = 2 * winograd.columns();
    int tileHeight = 2 * winograd.rows(band);
    WinogradTiles block = inputs[worker].tiles;
    for (int run = 0; run < block.runs; run++) {
      int row = block.image[run] * tileHeight + 2 * block.row[run];
      int pixel = row * tileWidth + 2 * block.column[run];
      transforms.outputGradient(
          columns,
          block.count[run],
          turned[worker],
          pixel * columns,
          tileWidth * columns,
          gradients[worker],
          block.tile[run] * columns,
          placeStride());
    }
  }

  /** Filters of one source channel. */
  private void addUp(int channel, int worker) {
    if (sums[worker].length < Winograd.PLACES * columns) {
      sums[worker] = new float[Winograd.PLACES * columns];
    }
    float[] sum = sums[worker];
    Arrays.fill(sum, 0, Winograd.PLACES * columns, 0);
    for (int place = 0; place < Winograd.PLACES; place++) {
      int from = (place * winograd.sourceChannels + channel) * columns;
      for (int part = 0; part < parts; part++, from += size()) {
        for (int i = 0; i < columns; i++) {
          sum[place * columns + i] += partial[from + i];
        }
      }
    }
    float[] m = filters[worker];
    for (int i = 0; i < winograd.targetChannels; i++) {
      for (int place = 0; place < Winograd.PLACES; place++) {
        m[place] = sum[place * columns + i];
      }
      int filter = i * winograd.sourceChannels + channel;
      Winograd.filterGradient(m, gradient, gradientOffset + 9 * filter);
    }
  }
}
