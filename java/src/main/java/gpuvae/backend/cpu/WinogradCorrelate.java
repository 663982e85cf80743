package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;
import java.util.Arrays;

/**
 * A convolution, or the gradient of its input, by {@link Winograd}. A worker takes a few images, or
 * part of the target channels of one, and goes through their tiles block by block: all that a block
 * is made of stays in the second-level cache.
 */
final class WinogradCorrelate {
  private final WorkerPool pool;
  private final Kernels kernels;
  private final ImageKernels images;
  private final WinogradKernels transforms;
  private final PaddedImages[] padded;
  private final WinogradInput[] inputs;
  private final float[][] products;
  private final float[][] filters;
  private final int tileRows;
  private final int tileColumns;
  private final Task pack = this::pack;
  private final Task multiply = this::multiply;
  private float[] packed = {};
  private float[] added = {};

  // The operation under way.
  private Winograd winograd;
  private int rows;
  private float[] source;
  private int sourceOffset;
  private float[] weights;
  private int weightOffset;
  private Activation activation;
  private float[] target;
  private int targetOffset;
  private int group;
  private int tiles;
  private int parts;

  WinogradCorrelate(
      WorkerPool pool, Kernels kernels, PaddedImages[] padded, WinogradInput[] inputs) {
    this.pool = pool;
    this.kernels = kernels;
    this.padded = padded;
    this.inputs = inputs;
    images = kernels.images();
    transforms = images.winograd();
    tileRows = images.tileRows();
    tileColumns = images.tileColumns();
    products = new float[pool.workers()][0];
    filters = new float[pool.workers()][Winograd.PLACES];
  }

  /** Parameters as of {@link Correlate#run}; any activation that does not need its input. */
  void run(
      int count,
      Winograd layout,
      Tensor x,
      Tensor weight,
      Tensor bias,
      Activation function,
      Tensor y) {
    winograd = layout;
    rows = count;
    source = CpuStorage.floats(x);
    sourceOffset = (int) x.offset();
    weights = CpuStorage.floats(weight);
    weightOffset = (int) weight.offset();
    activation = function;
    target = CpuStorage.floats(y);
    targetOffset = (int) y.offset();
    setAdded(bias, layout.targetChannels);
    tiles = Math.ceilDiv(layout.targetChannels, tileRows);
    group = Math.clamp(rows / (4 * pool.workers()), 1, layout.tiles.group);
    int units = layout.tiles.bands * Math.ceilDiv(rows, group);
    parts = Math.min(tiles, Math.ceilDiv(pool.workers(), Math.max(1, units)));
    int size = Winograd.PLACES * tiles * tileRows * layout.sourceChannels;
    if (packed.length < size) {
      packed = new float[size];
    }
    pool.run(pack, tiles);
    pool.run(multiply, units * parts);
    source = null;
    weights = null;
    target = null;
  }

  private void setAdded(Tensor bias, int channels) {
    if (added.length < channels) {
      added = new float[channels];
    }
    if (bias == null) {
      Arrays.fill(added, 0, channels, 0);
    } else {
      System.arraycopy(CpuStorage.floats(bias), (int) bias.offset(), added, 0, channels);
    }
  }

  /** Transformed filters of a tile's channels: [place, tile, source channel, target channel]. */
  private void pack(int tile, int worker) {
    float[] u = filters[worker];
    for (int i = 0; i < tileRows; i++) {
      int channel = tile * tileRows + i;
      for (int c = 0; c < winograd.sourceChannels; c++) {
        if (channel < winograd.targetChannels) {
          winograd.filter(weights, weightOffset, c, channel, u);
        }
        for (int place = 0; place < Winograd.PLACES; place++) {
          packed[packedTile(place, tile) + c * tileRows + i] =
              channel < winograd.targetChannels ? u[place] : 0;
        }
      }
    }
  }

  private int packedTile(int place, int tile) {
    return (place * tiles + tile) * winograd.sourceChannels * tileRows;
  }

  private void multiply(int chunk, int worker) {
    int unit = chunk / parts;
    int part = chunk % parts;
    int bands = winograd.tiles.bands;
    int image = unit / bands * group;
    int band = unit % bands;
    int count = Math.min(group, rows - image);
    int fromTile = tiles * part / parts;
    int toTile = tiles * (part + 1) / parts;
    int toChannel = Math.min(toTile * tileRows, winograd.targetChannels);
    padded[worker].prepare(winograd.tiles);
    padded[worker].fill(source, sourceOffset, image, count, band);
    reserve(worker);
    int all = count * winograd.rows(band) * winograd.columns();
    for (int first = 0; first < all; first += Winograd.BLOCK) {
      int n = Math.min(Winograd.BLOCK, all - first);
      inputs[worker].transform(winograd, padded[worker].buffer(), band, first, first + n);
      for (int place = 0; place < Winograd.PLACES; place++) {
        for (int tile = fromTile; tile < toTile; tile++) {
          multiply(place, tile, n, worker);
        }
      }
      store(image, band, fromTile * tileRows, toChannel, worker);
    }
    if (activation.kind() != Activation.Kind.IDENTITY) {
      activate(image, count, band, fromTile * tileRows, toChannel);
    }
  }

  private void reserve(int worker) {
    int size = Winograd.PLACES * placeStride();
    if (products[worker].length < size) {
      products[worker] = new float[size];
    }
  }

  /**
   * Floats of one place of all target channels' tiles: not a power of two, which caches dislike.
   */
  private int placeStride() {
    return tiles * tileRows * Winograd.BLOCK + WinogradKernels.BEYOND;
  }

  private void multiply(int place, int tile, int n, int worker) {
    int to = place * placeStride() + tile * tileRows * Winograd.BLOCK;
    for (int p = 0; p < n; p += tileColumns) {
      images.tile(
          Math.min(tileColumns, n - p),
          winograd.sourceChannels,
          packed,
          packedTile(place, tile),
          inputs[worker].transformed,
          winograd.channels[place],
          p,
          products[worker],
          to + p,
          Winograd.BLOCK);
    }
  }

  private void store(int image, int band, int fromChannel, int toChannel, int worker) {
    int height = winograd.targetHeight;
    int width = winograd.targetWidth;
    WinogradTiles block = inputs[worker].tiles;
    for (int run = 0; run < block.runs; run++) {
      int row = 2 * (band * winograd.tiles.bandRows + block.row[run]);
      int column = 2 * block.column[run];
      int plane = (image + block.image[run]) * winograd.targetChannels + fromChannel;
      transforms.output(
          toChannel - fromChannel,
          Math.min(2 * block.count[run], width - column),
          Math.min(2, height - row),
          products[worker],
          fromChannel * Winograd.BLOCK + block.tile[run],
          placeStride(),
          added,
          fromChannel,
          target,
          targetOffset + (plane * height + row) * width + column,
          height * width,
          width,
          inputs[worker].scratch);
    }
  }

  private void activate(int image, int count, int band, int fromChannel, int toChannel) {
    int height = winograd.targetHeight;
    int width = winograd.targetWidth;
    int row = 2 * band * winograd.tiles.bandRows;
    int n = Math.min(2 * winograd.rows(band), height - row) * width;
    for (int i = image; i < image + count; i++) {
      for (int channel = fromChannel; channel < toChannel; channel++) {
        int plane = i * winograd.targetChannels + channel;
        int at = targetOffset + (plane * height + row) * width;
        kernels.activation(n, target, at, activation, target, at);
      }
    }
  }
}
