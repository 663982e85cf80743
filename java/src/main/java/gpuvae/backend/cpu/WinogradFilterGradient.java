package gpuvae.backend.cpu;

import gpuvae.backend.Tensor;
import java.util.Arrays;

/**
 * The gradient of a convolution's filters by {@link Winograd}: that of the transformed filters,
 * summed over a part of the tiles, and transformed back. Parts are shared as in {@link
 * FilterGradient}.
 */
final class WinogradFilterGradient {
  /** The most sums that are added up at last. */
  private static final int PARTS = 16;

  private final WorkerPool pool;
  private final MatrixKernels matrices;
  private final ImageKernels images;
  private final WinogradKernels transforms;
  private final WinogradTiles[] inputs;
  private final WinogradTiles[] gradients;
  private final float[][] sums;
  private final float[][] filters;
  private final float[][] scratch;
  private final Task multiply = this::multiply;
  private final Task addUp = this::addUp;
  private float[] partial = {};
  private int[] channelOffsets = {};

  // The operation under way.
  private Winograd winograd;
  private int allRows;
  private float[] source;
  private int sourceOffset;
  private float[] target;
  private int targetOffset;
  private float[] gradient;
  private int gradientOffset;
  private int sourceLanes;
  private int targetLanes;
  private int blocks;
  private int parts;

  WinogradFilterGradient(WorkerPool pool, Kernels kernels, WinogradTiles[] inputs) {
    this.pool = pool;
    matrices = kernels.matrices();
    this.inputs = inputs;
    images = kernels.images();
    transforms = images.winograd();
    int workers = pool.workers();
    gradients = new WinogradTiles[workers];
    for (int i = 0; i < workers; i++) {
      gradients[i] = new WinogradTiles(kernels, transforms::outputGradient, Winograd.SIDE);
    }
    sums = new float[workers][0];
    filters = new float[workers][0];
    scratch = CacheLines.floats(workers, WinogradKernels.SCRATCH);
  }

  /**
   * Runs.
   *
   * @param layout a forward one
   */
  void run(int count, Winograd layout, Tensor x, Tensor dy, Tensor result) {
    winograd = layout;
    allRows = count * layout.rows;
    source = CpuStorage.floats(x);
    sourceOffset = (int) x.offset();
    target = CpuStorage.floats(dy);
    targetOffset = (int) dy.offset();
    gradient = CpuStorage.floats(result);
    gradientOffset = (int) result.offset();
    sourceLanes = images.padded(layout.sourceChannels);
    targetLanes = images.padded(layout.targetChannels);
    blocks = Math.ceilDiv(allRows, layout.blockRows);
    parts = Math.min(PARTS, blocks);
    partial = CacheLines.atLeast(partial, parts * size());
    setChannelOffsets();
    pool.run(multiply, parts);
    pool.run(addUp, layout.sourceChannels);
    source = null;
    target = null;
    gradient = null;
  }

  private void setChannelOffsets() {
    if (channelOffsets.length < winograd.sourceChannels) {
      channelOffsets = new int[winograd.sourceChannels];
      Arrays.setAll(channelOffsets, i -> i);
    }
  }

  /** Floats of a part's sum: [source channel, 9, target channel]. */
  private int size() {
    return winograd.sourceChannels * 9 * targetLanes;
  }

  private void multiply(int part, int worker) {
    Winograd w = winograd;
    int stride = Winograd.placeStride(w.sourceChannels, targetLanes);
    sums[worker] = CacheLines.atLeast(sums[worker], Winograd.PLACES * stride);
    WinogradTiles input = inputs[worker];
    WinogradTiles output = gradients[worker];
    int sourceImage = w.sourceChannels * w.sourceHeight * w.sourceWidth;
    int targetImage = w.targetChannels * w.targetHeight * w.targetWidth;
    input.pixels.prepare(w.sourceChannels, w.sourceHeight, w.sourceWidth, w.lead, sourceLanes);
    output.pixels.prepare(w.targetChannels, w.targetHeight, w.targetWidth, 0, targetLanes);
    int firstBlock = blocks * part / parts;
    for (int block = firstBlock; block < blocks * (part + 1) / parts; block++) {
      int from = block * w.blockRows;
      int to = Math.min(allRows, from + w.blockRows);
      int tiles = (to - from) * w.columns;
      input.run(w, from, to, source, sourceOffset, sourceImage, sourceLanes);
      output.run(w, from, to, target, targetOffset, targetImage, targetLanes);
      for (int place = 0; place < Winograd.PLACES; place++) {
        images.products(
            w.sourceChannels,
            tiles,
            input.transformed(),
            CacheLines.FIRST + place * Winograd.placeStride(tiles, sourceLanes),
            channelOffsets,
            sourceLanes,
            output.transformed(),
            CacheLines.FIRST + place * Winograd.placeStride(tiles, targetLanes),
            targetLanes,
            sums[worker],
            CacheLines.FIRST + place * stride,
            block > firstBlock);
      }
    }
    for (int channel = 0; channel < w.sourceChannels; channel++) {
      int from = CacheLines.FIRST + channel * targetLanes;
      int to = CacheLines.FIRST + part * size() + channel * 9 * targetLanes;
      transforms.filterGradient(
          targetLanes, sums[worker], from, stride, partial, to, scratch[worker]);
    }
  }

  /** Filters of one source channel. */
  private void addUp(int channel, int worker) {
    int n = 9 * targetLanes;
    int first = CacheLines.FIRST;
    filters[worker] = CacheLines.atLeast(filters[worker], n);
    float[] sum = filters[worker];
    System.arraycopy(partial, first + channel * n, sum, first, n);
    for (int part = 1; part < parts; part++) {
      images.add(n, sum, first, partial, first + part * size() + channel * n, sum, first);
    }
    int stride = winograd.filterStride();
    int to = gradientOffset + winograd.filter(channel);
    matrices.transpose(9, winograd.targetChannels, sum, first, targetLanes, gradient, to, stride);
  }
}
