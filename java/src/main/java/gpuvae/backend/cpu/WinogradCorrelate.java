package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Tensor;
import java.util.Arrays;

/**
 * A convolution, or the gradient of its input, by {@link Winograd}. A worker takes a few rows of
 * tiles and makes all of their products place by place.
 */
final class WinogradCorrelate {
  private final WorkerPool pool;
  private final Kernels kernels;
  private final MatrixKernels matrices;
  private final ImageKernels images;
  private final WinogradKernels transforms;
  private final WinogradTiles[] inputs;
  private final float[][] products;
  private final float[][] filters;
  private final float[][] pixels;
  private final float[][] scratch;
  private final int[][] offsets;
  private final Task transformFilters = this::transformFilters;
  private final Task multiply = this::multiply;
  private float[] transformed = {};
  private float[] added = {};
  private int[] tileOffsets = {};

  // The operation under way.
  private Winograd winograd;
  private int allRows;
  private float[] source;
  private int sourceOffset;
  private float[] weights;
  private int weightOffset;
  private Activation activation;
  private float[] target;
  private int targetOffset;
  private int blockRows;
  private int sourceLanes;
  private int targetLanes;

  WinogradCorrelate(WorkerPool pool, Kernels kernels, WinogradTiles[] inputs) {
    this.pool = pool;
    this.kernels = kernels;
    this.inputs = inputs;
    matrices = kernels.matrices();
    images = kernels.images();
    transforms = images.winograd();
    int workers = pool.workers();
    products = new float[workers][0];
    filters = new float[workers][0];
    pixels = new float[workers][0];
    scratch = CacheLines.floats(workers, WinogradKernels.SCRATCH);
    offsets = new int[workers][Winograd.SIDE * Winograd.SIDE];
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
    allRows = count * layout.rows;
    source = CpuStorage.floats(x);
    sourceOffset = (int) x.offset();
    weights = CpuStorage.floats(weight);
    weightOffset = (int) weight.offset();
    activation = function;
    target = CpuStorage.floats(y);
    targetOffset = (int) y.offset();
    sourceLanes = images.padded(layout.sourceChannels);
    targetLanes = images.padded(layout.targetChannels);
    // Small enough blocks that no worker waits long for the last.
    blockRows = Math.clamp(allRows / (4 * pool.workers()), 1, layout.blockRows);
    setAdded(bias);
    setTileOffsets();
    transformed = CacheLines.atLeast(transformed, Winograd.PLACES * filterPlaceStride());
    pool.run(transformFilters, layout.sourceChannels);
    pool.run(multiply, Math.ceilDiv(allRows, blockRows));
    source = null;
    weights = null;
    target = null;
  }

  private void setAdded(Tensor bias) {
    added = CacheLines.atLeast(added, targetLanes);
    Arrays.fill(added, 0);
    if (bias != null) {
      int channels = winograd.targetChannels;
      System.arraycopy(
          CpuStorage.floats(bias), (int) bias.offset(), added, CacheLines.FIRST, channels);
    }
  }

  private void setTileOffsets() {
    int count = blockRows * winograd.columns;
    if (tileOffsets.length < count) {
      tileOffsets = new int[count];
    }
    for (int i = 0; i < count; i++) {
      tileOffsets[i] = i * sourceLanes;
    }
  }

  private int filterPlaceStride() {
    return Winograd.placeStride(winograd.sourceChannels, targetLanes);
  }

  /** Those from one channel: [place, source channel, target channel]. */
  private void transformFilters(int channel, int worker) {
    filters[worker] = CacheLines.atLeast(filters[worker], 9 * targetLanes);
    matrices.transpose(
        winograd.targetChannels,
        9,
        weights,
        weightOffset + winograd.filter(channel),
        winograd.filterStride(),
        filters[worker],
        CacheLines.FIRST,
        targetLanes);
    transforms.filter(
        targetLanes,
        filters[worker],
        CacheLines.FIRST + (winograd.turned() ? 8 * targetLanes : 0),
        winograd.turned() ? -targetLanes : targetLanes,
        transformed,
        CacheLines.FIRST + channel * targetLanes,
        filterPlaceStride(),
        scratch[worker]);
  }

  private void multiply(int block, int worker) {
    Winograd w = winograd;
    int from = block * blockRows;
    int to = Math.min(allRows, from + blockRows);
    int tiles = (to - from) * w.columns;
    WinogradTiles input = inputs[worker];
    int image = w.sourceChannels * w.sourceHeight * w.sourceWidth;
    input.pixels.prepare(w.sourceChannels, w.sourceHeight, w.sourceWidth, w.lead, sourceLanes);
    input.run(w, from, to, source, sourceOffset, image, sourceLanes);
    int stride = Winograd.placeStride(tiles, targetLanes);
    products[worker] = CacheLines.atLeast(products[worker], Winograd.PLACES * stride);
    for (int place = 0; place < Winograd.PLACES; place++) {
      images.products(
          tiles,
          w.sourceChannels,
          input.transformed(),
          CacheLines.FIRST + place * Winograd.placeStride(tiles, sourceLanes),
          tileOffsets,
          1,
          transformed,
          CacheLines.FIRST + place * filterPlaceStride(),
          targetLanes,
          products[worker],
          CacheLines.FIRST + place * stride,
          false);
    }
    for (int row = from; row < to; row++) {
      store(row, (row - from) * w.columns, stride, worker);
    }
  }

  /** A row of tiles. */
  private void store(int row, int tile, int stride, int worker) {
    Winograd w = winograd;
    int width = w.targetWidth;
    int height = Math.min(Winograd.SIDE, w.targetHeight - row % w.rows * Winograd.SIDE);
    int all = Winograd.SIDE * width * targetLanes;
    int first = CacheLines.FIRST;
    pixels[worker] = CacheLines.atLeast(pixels[worker], all + targetLanes);
    int[] to = offsets[worker];
    for (int column = 0; column < w.columns; column++) {
      for (int i = 0; i < to.length; i++) {
        int y = i / Winograd.SIDE;
        int x = column * Winograd.SIDE + i % Winograd.SIDE;
        to[i] = y < height && x < width ? first + (y * width + x) * targetLanes : first + all;
      }
      int from = first + (tile + column) * targetLanes;
      transforms.output(
          targetLanes, products[worker], from, stride, added, pixels[worker], to, scratch[worker]);
    }
    if (activation.kind() != Activation.Kind.IDENTITY) {
      int n = height * width * targetLanes;
      kernels.activation(n, pixels[worker], first, activation, pixels[worker], first);
    }
    int plane = w.targetHeight * width;
    int image = targetOffset + row / w.rows * w.targetChannels * plane;
    int at = image + row % w.rows * Winograd.SIDE * width;
    matrices.transpose(
        height * width, w.targetChannels, pixels[worker], first, targetLanes, target, at, plane);
  }
}
