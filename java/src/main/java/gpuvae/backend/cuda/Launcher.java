package gpuvae.backend.cuda;

import gpuvae.cuda.CudaContext;
import gpuvae.cuda.CudaException;
import gpuvae.cuda.CudaFunction;
import gpuvae.cuda.CudaStream;
import gpuvae.cuda.LaunchArguments;

/**
 * Launches kernels on the backend's stream, in the shapes that kernels/README.md names. Arguments
 * first ({@link #arguments}), then the launch.
 */
final class Launcher {
  private static final int MAX_PARAMETERS = 32;

  /** The least that every device takes of blocks in y; kernels stride over the rest. */
  private static final int MAX_BLOCKS = 65_535;

  private final CudaContext context;
  private final CudaStream stream;
  private final Faults faults;
  private final LaunchArguments arguments = new LaunchArguments(MAX_PARAMETERS);

  Launcher(CudaContext context, CudaStream stream, Faults faults) {
    this.context = context;
    this.stream = stream;
    this.faults = faults;
  }

  /** Makes the context current: whoever calls holds the instance's lock and does not block. */
  void enter() {
    faults.check();
    try {
      context.makeCurrent();
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  /** The arguments of the next launch, none yet. */
  LaunchArguments arguments() {
    return arguments.clear();
  }

  /** A warp for 128 columns of a row. */
  void rows(CudaFunction function, int rows, int columns) {
    launch(function, Math.ceilDiv(columns, 128), blocks(Math.ceilDiv(rows, 8)), 32, 8);
  }

  /** Four elements a thread, in 256 threads. */
  void flat(CudaFunction function, long count) {
    blocks(function, Math.ceilDiv(count, 1024));
  }

  /** A block for 32 columns of all rows, so that columns are summed in a fixed order. */
  void strips(CudaFunction function, int columns) {
    strips(function, columns, 1);
  }

  /** The same with several blocks for the rows: where nothing is summed. */
  void strips(CudaFunction function, int columns, long rowBlocks) {
    launch(function, Math.ceilDiv(columns, 32), blocks(rowBlocks), 8, 64);
  }

  /** A thread for each of so many places in each of many planes. */
  void places(CudaFunction function, int planes, int places) {
    launch(function, Math.ceilDiv(places, 32), blocks(Math.ceilDiv(planes, 8)), 32, 8);
  }

  /** So many blocks for each channel, so that it is summed in a fixed order. */
  void channels(CudaFunction function, int channels, int parts) {
    launch(function, channels, parts, 256, 1);
  }

  /** A warp, or a block of four, for each plane. */
  void planes(CudaFunction function, int planes, boolean warps) {
    launch(function, blocks(warps ? Math.ceilDiv(planes, 4) : planes), 1, 128, 1);
  }

  /** Tiles of 32 by 32. */
  void tiles(CudaFunction function, int rows, int columns) {
    launch(function, Math.ceilDiv(columns, 32), blocks(Math.ceilDiv(rows, 32)), 16, 16);
  }

  /** So many blocks of 256 threads, at most {@link #MAX_BLOCKS}. */
  void blocks(CudaFunction function, long count) {
    launch(function, blocks(count), 1, 256, 1);
  }

  /** So many blocks of 512 threads. */
  void largeBlocks(CudaFunction function, int count) {
    launch(function, count, 1, 512, 1);
  }

  /** One thread. */
  void single(CudaFunction function) {
    launch(function, 1, 1, 1, 1);
  }

  private static int blocks(long wanted) {
    return (int) Math.min(wanted, MAX_BLOCKS);
  }

  private void launch(CudaFunction function, int gridX, int gridY, int blockX, int blockY) {
    if (gridX == 0 || gridY == 0) {
      return;
    }
    enter();
    try {
      stream.launch(function, gridX, gridY, 1, blockX, blockY, 1, 0, arguments);
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }
}
