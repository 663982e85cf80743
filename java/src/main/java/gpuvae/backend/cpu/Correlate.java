package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;
import java.util.Arrays;

/**
 * A convolution, or the gradient of its input. A worker takes a few images, or part of the target
 * channels of one, and lays them out; then, tile by tile, a few channels' filters, which stay in
 * the first-level cache, slide over all positions.
 */
final class Correlate {
  private final WorkerPool pool;
  private final Kernels kernels;
  private final ImageKernels images;
  private final PaddedImages[] padded;
  private final float[][] sums;
  private final int tileRows;
  private final int tileColumns;
  private final Task multiply = this::multiply;
  private final Task pack = this::pack;
  private float[] packed = {};

  // The operation under way.
  private Correlation correlation;
  private int rows;
  private float[] source;
  private int sourceOffset;
  private float[] weights;
  private int weightOffset;
  private float[] bias;
  private int biasOffset;
  private Activation activation;
  private float[] target;
  private int targetOffset;
  private int group;
  private int tiles;
  private int parts;

  Correlate(WorkerPool pool, Kernels kernels, PaddedImages[] padded) {
    this.pool = pool;
    this.kernels = kernels;
    this.padded = padded;
    images = kernels.images();
    tileRows = images.tileRows();
    tileColumns = images.tileColumns();
    sums = new float[pool.workers()][0];
  }

  /**
   * Runs.
   *
   * @param added a target channel's bias; null for none
   * @param function one that does not need its input; only where there is no stride if it is not
   *     the identity
   */
  void run(
      int count,
      Correlation layout,
      Tensor x,
      Tensor weight,
      Tensor added,
      Activation function,
      Tensor y) {
    correlation = layout;
    rows = count;
    source = CpuStorage.floats(x);
    sourceOffset = (int) x.offset();
    weights = CpuStorage.floats(weight);
    weightOffset = (int) weight.offset();
    bias = added == null ? null : CpuStorage.floats(added);
    biasOffset = added == null ? 0 : (int) added.offset();
    activation = function;
    target = CpuStorage.floats(y);
    targetOffset = (int) y.offset();
    tiles = Math.ceilDiv(layout.targetChannels, tileRows);
    // Small enough groups that no worker waits long for the last.
    group = Math.clamp(rows / (4 * pool.workers()), 1, layout.group);
    int units = layout.bands * Math.ceilDiv(rows, group);
    parts = Math.min(tiles, Math.ceilDiv(pool.workers(), Math.max(1, units)));
    int size = tiles * tileRows * layout.taps();
    if (packed.length < size) {
      packed = new float[size];
    }
    pool.run(pack, tiles);
    pool.run(multiply, units * parts);
    source = null;
    weights = null;
    bias = null;
    target = null;
  }

  /** The filters of a tile, product by product: [block, tile, product, channel]; zeros beyond. */
  private void pack(int tile, int worker) {
    int stride = correlation.weightStride();
    int channels = Math.min(tileRows, correlation.targetChannels - tile * tileRows);
    int first = weightOffset + tile * tileRows * stride;
    for (Correlation.Block block : correlation.blocks) {
      int to = packedTile(block, tile);
      for (int product = 0; product < block.taps(); product++, to += tileRows) {
        int from = first + correlation.weight(block, product);
        for (int i = 0; i < channels; i++) {
          packed[to + i] = weights[from + i * stride];
        }
        Arrays.fill(packed, to + channels, to + tileRows, 0);
      }
    }
  }

  private int packedTile(Correlation.Block block, int tile) {
    return (tiles * block.firstTap() + tile * block.taps()) * tileRows;
  }

  private void multiply(int chunk, int worker) {
    int unit = chunk / parts;
    int part = chunk % parts;
    int image = unit / correlation.bands * group;
    int band = unit % correlation.bands;
    int count = Math.min(group, rows - image);
    padded[worker].prepare(correlation);
    padded[worker].fill(source, sourceOffset, image, count, band);
    int longest = Math.ceilDiv(correlation.longest(), tileColumns) * tileColumns;
    if (sums[worker].length < tileRows * longest) {
      sums[worker] = new float[tileRows * longest];
    }
    for (Correlation.Block block : correlation.blocks) {
      int positions = correlation.positions(block, count, band);
      int end = tiles * (part + 1) / parts;
      for (int tile = tiles * part / parts; positions > 0 && tile < end; tile++) {
        slide(block, tile, positions, longest, worker);
        int channels = Math.min(tileRows, correlation.targetChannels - tile * tileRows);
        for (int i = 0; i < channels; i++) {
          for (int j = 0; j < count; j++) {
            int from = i * longest + j * correlation.imageRows * correlation.stride;
            store(block, sums[worker], from, image + j, tile * tileRows + i, band);
          }
        }
      }
    }
  }

  private void slide(Correlation.Block block, int tile, int positions, int stride, int worker) {
    int filters = packedTile(block, tile);
    float[] x = padded[worker].buffer();
    for (int p = 0; p < positions; p += tileColumns) {
      images.tile(
          Math.min(tileColumns, positions - p),
          block.taps(),
          packed,
          filters,
          x,
          block.offsets(),
          p,
          sums[worker],
          p,
          stride);
    }
  }

  /** A block's plane, without what lies between its rows. */
  private void store(
      Correlation.Block block, float[] plane, int from, int image, int channel, int band) {
    Correlation c = correlation;
    int step = c.rows.targetStep;
    int count = c.rows(block, band);
    int columns = block.columns().count();
    int to =
        targetOffset
            + (image * c.targetChannels + channel) * c.targetHeight * c.targetWidth
            + (block.rows().first() + band * c.bandRows * step) * c.targetWidth
            + block.columns().first();
    float added = bias == null ? 0 : bias[biasOffset + channel];
    if (step == 1) {
      images.copyRows(count, columns, plane, from, c.stride, added, target, to, c.targetWidth);
      if (activation.kind() != Activation.Kind.IDENTITY) {
        kernels.activation(count * columns, target, to, activation, target, to);
      }
    } else {
      for (int row = 0; row < count; row++) {
        for (int i = 0; i < columns; i++) {
          target[to + i * step] = plane[from + i] + added;
        }
        from += c.stride;
        to += step * c.targetWidth;
      }
    }
  }
}
