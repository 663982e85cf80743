package gpuvae.backend.cpu;

import gpuvae.backend.Tensor;

/**
 * The right side of a product: op(B) in panels, as wide as a register tile, and who multiplies
 * which rows by them. Of many rows each worker has its own, multiplied by all panels: as in every
 * other operation, so that it finds in its caches what it left there. Of few rows, where packing a
 * panel takes long beside multiplying by it, a worker has panels of its own, and those that do not
 * come out even are shared by rows.
 */
final class Panels {
  /** Rows of a worker's own to be worth packing all panels for. */
  private static final int OWN_ROWS = 160;

  /** Rows that a worker multiplies by a panel in the time in which it packs one. */
  private static final int PACKING = 17;

  private final MatrixKernels kernels;
  private final int workers;
  private final int tileRows;
  private final int width;
  private final int narrowWidth;

  private float[] b;
  private int offset;
  private int stride;
  private boolean transposed;
  private int columns;
  private int rows;
  private int wide;
  private int shared;
  private int whole;
  private int parts;
  private float touched;

  /**
   * Panels for so many workers.
   *
   * @param tile rows of a tile, of which each worker gets whole ones
   * @param narrowColumns of panels that take the place of wide ones where those would be half
   *     empty; as many for none
   */
  Panels(MatrixKernels kernels, int workers, int tile, int wideColumns, int narrowColumns) {
    this.kernels = kernels;
    this.workers = workers;
    tileRows = tile;
    width = wideColumns;
    narrowWidth = narrowColumns;
  }

  /**
   * Cuts op(right), of so many columns, to be multiplied by so many rows.
   *
   * @return how many chunks of work there are
   */
  int cut(Tensor right, boolean transposeRight, int n, int m) {
    b = CpuStorage.floats(right);
    offset = (int) right.offset();
    stride = right.columns();
    transposed = transposeRight;
    columns = n;
    rows = m;
    int panels = Math.ceilDiv(n, width);
    wide = panels - narrow(panels);
    boolean byRows = m >= workers * OWN_ROWS;
    // The first ones are shared: wide ones, that narrow ones may.
    shared = byRows ? panels : panels % workers;
    whole = panels - shared;
    parts = byRows ? workers : fairParts();
    return chunks();
  }

  /** Into how many parts the shared panels are cut so that the busiest worker has least to do. */
  private int fairParts() {
    int fair = 1;
    double least = Double.POSITIVE_INFINITY;
    for (int p = 1; p <= Math.min(workers, Math.ceilDiv(rows, tileRows)); p++) {
      double busiest = Math.ceilDiv(shared * p, workers) * (PACKING + (double) rows / p);
      if (busiest < least) {
        fair = p;
        least = busiest;
      }
    }
    return fair;
  }

  /** How many of the last panels may be narrow and still hold all columns. */
  private int narrow(int panels) {
    int spare = panels * width - columns;
    return width == narrowWidth ? 0 : Math.min(panels, spare / (width - narrowWidth));
  }

  /** A chunk's panel. */
  int panel(int chunk) {
    int part = part(chunk);
    if (part >= 0) {
      return part % shared;
    }
    int owner = WorkerPool.owner(chunk, workers, chunks());
    int place = chunk - WorkerPool.first(owner, workers, chunks());
    return shared + place * workers + owner;
  }

  /** The first of a chunk's rows. */
  int from(int chunk) {
    int part = part(chunk);
    return part < 0 ? 0 : partStart(part / shared);
  }

  /** The end of a chunk's rows. */
  int to(int chunk) {
    int part = part(chunk);
    return part < 0 ? rows : partStart(part / shared + 1);
  }

  /**
   * Which part of the shared panels a chunk is, -1 for a whole panel. The whole ones go round among
   * the workers, for the last ones may be narrow; parts, row range by row range, are the ends of
   * their ranges.
   */
  private int part(int chunk) {
    int owner = WorkerPool.owner(chunk, workers, chunks());
    int first = WorkerPool.first(owner, workers, chunks());
    int wholes = whole / workers;
    return chunk < first + wholes ? -1 : chunk - (owner + 1) * wholes;
  }

  private int chunks() {
    return whole + shared * parts;
  }

  /** Parts are whole tiles, as equal as can be. */
  private int partStart(int part) {
    long rowTiles = Math.ceilDiv(rows, tileRows);
    return Math.min(rows, (int) (rowTiles * part / parts) * tileRows);
  }

  /** Whether a panel is a narrow one. */
  boolean isNarrow(int panel) {
    return panel >= wide;
  }

  /** Columns that there is room for. */
  int width(int panel) {
    return isNarrow(panel) ? narrowWidth : width;
  }

  /** The first column. */
  int column(int panel) {
    return Math.min(panel, wide) * width + Math.max(0, panel - wide) * narrowWidth;
  }

  /** How many columns there are. */
  int columns(int panel) {
    return Math.min(width(panel), columns - column(panel));
  }

  /**
   * Writes a panel's rows from {@code start}, so many, side by side, [depth, width], into an array
   * of {@link CacheLines#floats}.
   */
  void pack(int panel, int start, int depth, float[] packed) {
    int column = column(panel);
    int count = columns(panel);
    if (transposed) {
      if (start == 0) {
        touched = CacheLines.touch(b, offset + column * stride, count * stride);
      }
      int source = offset + column * stride + start;
      kernels.transpose(count, depth, b, source, stride, packed, CacheLines.FIRST, width(panel));
    } else {
      int source = offset + start * stride + column;
      kernels.copyRows(depth, count, b, source, stride, packed, CacheLines.FIRST, width(panel));
    }
  }

  /** Forgets B. */
  void release() {
    b = null;
  }
}
