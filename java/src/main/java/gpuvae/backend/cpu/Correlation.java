package gpuvae.backend.cpu;

import gpuvae.backend.Convolution;

/**
 * How a convolution, or the gradient of its input, becomes sums of shifted planes. A few source
 * images lie in a buffer, each channel's plane with zeros between its rows, so that a filter's
 * element sees one long run of it, whose beginning is in {@link Block#offsets}: no unfolded input
 * is ever written. Positions between the rows are computed too, and not used.
 */
final class Correlation {
  /** Floats of the buffer: so many stay in the second-level cache. */
  private static final int BUFFER = 1 << 16;

  /** Positions that are computed together: a few channels of them stay in the first levels. */
  private static final int POSITIONS = 1 << 12;

  /** What a tile may read beyond its last position. */
  private static final int BEYOND = 128;

  /** Every step-th pixel of the target, in both directions: all of it where there is no stride. */
  record Block(Axis.Target rows, Axis.Target columns, int[] offsets, int firstTap) {
    /** Products in each sum. */
    int taps() {
      return offsets.length;
    }
  }

  final int sourceChannels;
  final int sourceHeight;
  final int sourceWidth;
  final int targetChannels;
  final int targetHeight;
  final int targetWidth;
  final Axis rows;
  final Axis columns;
  final Block[] blocks;

  /**
   * Target rows of a block that the buffer has room for: less than all of them in a large image.
   */
  final int bandRows;

  /** How many such bands an image has. */
  final int bands;

  /** Images that the buffer has room for. */
  final int group;

  /** Rows of the buffer from one image to the next. */
  final int imageRows;

  /** Positions from one row to the next. */
  final int stride;

  /** Floats from one plane to the next. */
  final int plane;

  private final int kernel;
  private final boolean backward;

  /** From a convolution's input to its output. */
  static Correlation forward(Convolution g) {
    return new Correlation(g, false);
  }

  /** From the gradient of a convolution's output to that of its input. */
  static Correlation backward(Convolution g) {
    return new Correlation(g, true);
  }

  private Correlation(Convolution g, boolean backward) {
    this.backward = backward;
    kernel = g.kernel();
    sourceChannels = backward ? g.outChannels() : g.inChannels();
    sourceHeight = backward ? g.outHeight() : g.inHeight();
    sourceWidth = backward ? g.outWidth() : g.inWidth();
    targetChannels = backward ? g.inChannels() : g.outChannels();
    targetHeight = backward ? g.inHeight() : g.outHeight();
    targetWidth = backward ? g.inWidth() : g.outWidth();
    rows = axis(g, g.inHeight(), g.outHeight());
    columns = axis(g, g.inWidth(), g.outWidth());
    stride = columns.period;
    int planes = sourceChannels * rows.sources.length * columns.sources.length;
    int room = Math.max(1, Math.min(BUFFER / planes, POSITIONS) / stride);
    int allRows = Math.max(1, rows.longestTarget());
    if (rows.period <= room) {
      bandRows = allRows;
      imageRows = rows.period;
      group = room / imageRows;
    } else {
      bandRows = Math.min(allRows, Math.max(1, room - rows.farthestShift()));
      imageRows = bandRows + rows.farthestShift();
      group = 1;
    }
    bands = Math.ceilDiv(allRows, bandRows);
    plane = (group * imageRows + rows.longestLead()) * stride + columns.longestLead();
    blocks = new Block[rows.targets.length * columns.targets.length];
    int taps = 0;
    for (int i = 0; i < blocks.length; i++) {
      Axis.Target down = rows.targets[i / columns.targets.length];
      Axis.Target across = columns.targets[i % columns.targets.length];
      blocks[i] = new Block(down, across, offsets(down, across), taps);
      taps += blocks[i].taps();
    }
  }

  private Axis axis(Convolution g, int in, int out) {
    return backward
        ? Axis.backward(in, out, g.kernel(), g.stride(), g.padding())
        : Axis.forward(in, out, g.kernel(), g.stride(), g.padding());
  }

  /** Where in the buffer each product's other factor begins: by channel, row, column. */
  private int[] offsets(Axis.Target down, Axis.Target across) {
    int[] offsets = new int[sourceChannels * down.taps().length * across.taps().length];
    int i = 0;
    for (int channel = 0; channel < sourceChannels; channel++) {
      for (int r = 0; r < down.taps().length; r++) {
        for (int s = 0; s < across.taps().length; s++) {
          offsets[i++] =
              plane(channel, down.sources()[r], across.sources()[s])
                  + down.shifts()[r] * stride
                  + across.shifts()[s];
        }
      }
    }
    return offsets;
  }

  /** Where a plane of the buffer begins. */
  int plane(int channel, int row, int column) {
    return ((channel * rows.sources.length + row) * columns.sources.length + column) * plane;
  }

  /** Floats of the buffer. */
  int bufferSize() {
    return plane(sourceChannels, 0, 0) + BEYOND;
  }

  /** Products that make all blocks of a target channel: a filter's size. */
  int taps() {
    return sourceChannels * kernel * kernel;
  }

  /** From a target channel's first weight to the next channel's. */
  int weightStride() {
    return kernel * kernel * (backward ? 1 : sourceChannels);
  }

  /** Where the weight of a block's product is among those of a target channel. */
  int weight(Block block, int product) {
    int width = block.columns().taps().length;
    int height = block.rows().taps().length;
    int filter = product / (width * height) * (backward ? targetChannels : 1);
    int row = block.rows().taps()[product / width % height];
    int column = block.columns().taps()[product % width];
    return (filter * kernel + row) * kernel + column;
  }

  /** Positions of a block in the buffer: all that lie between those of its first and last pixel. */
  int positions(Block block, int images, int band) {
    int count = rows(block, band);
    return count == 0 || block.columns().count() == 0
        ? 0
        : ((images - 1) * imageRows + count - 1) * stride + block.columns().count();
  }

  /** The block's rows in a band. */
  int rows(Block block, int band) {
    return Math.max(0, Math.min(bandRows, block.rows().count() - band * bandRows));
  }

  /** The most positions of all blocks. */
  int longest() {
    return group * imageRows * stride;
  }
}
