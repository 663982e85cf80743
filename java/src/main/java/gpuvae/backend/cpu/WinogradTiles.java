package gpuvae.backend.cpu;

/**
 * A block of tiles among those of a few images, in runs that lie in one row: tiles are counted
 * without regard to rows and images, so that blocks are full.
 */
final class WinogradTiles {
  /** How many runs there are. */
  int runs;

  /** Of each run: its first tile, counted from the block's. */
  final int[] tile = new int[Winograd.BLOCK];

  /** How many tiles it has. */
  final int[] count = new int[Winograd.BLOCK];

  final int[] image = new int[Winograd.BLOCK];
  final int[] row = new int[Winograd.BLOCK];
  final int[] column = new int[Winograd.BLOCK];

  /** Where its first tile lies in the buffer. */
  final int[] position = new int[Winograd.BLOCK];

  /** Tiles {@code first} to before {@code end} of a band. */
  void set(Winograd winograd, int band, int first, int end) {
    Correlation layout = winograd.tiles;
    int columns = winograd.columns();
    int rows = winograd.rows(band);
    runs = 0;
    for (int t = first; t < end; t += count[runs++]) {
      tile[runs] = t - first;
      column[runs] = t % columns;
      row[runs] = t / columns % rows;
      image[runs] = t / columns / rows;
      count[runs] = Math.min(columns - column[runs], end - t);
      position[runs] = (image[runs] * layout.imageRows + row[runs]) * layout.stride + column[runs];
    }
  }
}
