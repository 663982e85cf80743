package gpuvae.backend.cpu;

/** What a worker has of a block's source: its tiles, transformed. */
final class WinogradInput {
  private final WinogradKernels kernels;
  final WinogradTiles tiles = new WinogradTiles();
  final float[] scratch = new float[WinogradKernels.SCRATCH];
  float[] transformed = {};

  WinogradInput(WinogradKernels kernels) {
    this.kernels = kernels;
  }

  /** [place, channel, tile], as {@link Winograd#channels} says. */
  void transform(Winograd winograd, float[] buffer, int band, int first, int end) {
    int size = Winograd.PLACES * winograd.placeStride();
    if (transformed.length < size) {
      transformed = new float[size];
    }
    tiles.set(winograd, band, first, end);
    for (int run = 0; run < tiles.runs; run++) {
      kernels.input(
          winograd.sourceChannels,
          tiles.count[run],
          buffer,
          winograd.offsets(),
          tiles.position[run],
          transformed,
          tiles.tile[run],
          winograd.placeStride(),
          scratch);
    }
  }
}
