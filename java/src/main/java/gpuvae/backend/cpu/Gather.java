package gpuvae.backend.cpu;

import gpuvae.backend.Binarisation;
import gpuvae.backend.Noise;
import gpuvae.backend.Philox;
import gpuvae.backend.Preprocessing;
import gpuvae.backend.ResidentRows;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;

/** Rows of a resident data set, preprocessed. */
final class Gather extends RowTask {
  private final Kernels kernels;
  private final int[][] words;
  private Object source;
  private int sourceOffset;
  private int[] order;
  private int orderOffset;
  private Preprocessing preprocessing;
  private float[] x;
  private int xOffset;
  private int columns;
  private long attempt;
  private long seed;
  private int rowBase;

  Gather(WorkerPool pool, Kernels kernels) {
    super(pool);
    this.kernels = kernels;
    words = new int[pool.workers()][4];
  }

  void run(StepState state, ResidentRows data, int rows, Tensor destination) {
    long[] now = CpuStorage.longs(state.words());
    source = CpuStorage.array(data.source());
    sourceOffset = (int) data.source().offset();
    order = (int[]) CpuStorage.array(data.order());
    orderOffset = (int) data.order().offset() + (int) now[StepState.POSITION];
    preprocessing = data.preprocessing();
    x = CpuStorage.floats(destination);
    xOffset = (int) destination.offset();
    columns = destination.columns();
    attempt = now[StepState.ATTEMPT];
    seed = now[StepState.SEED];
    rowBase = (int) now[StepState.ROW_BASE];
    runRows(rows, columns);
  }

  @Override
  void rows(int from, int to, int worker) {
    for (int row = from; row < to; row++) {
      int sourceRow = order[orderOffset + row];
      int start = sourceOffset + sourceRow * columns;
      int target = xOffset + row * columns;
      if (source instanceof byte[] bytes) {
        kernels.scaleBytes(
            columns, bytes, start, preprocessing.scale(), preprocessing.shift(), x, target);
      } else {
        float[] floats = (float[]) source;
        for (int j = 0; j < columns; j++) {
          x[target + j] = Math.fma(floats[start + j], preprocessing.scale(), preprocessing.shift());
        }
      }
      if (preprocessing.binarisation() == Binarisation.DYNAMIC) {
        int tag = Philox.tag(Noise.BINARISE, attempt, 0);
        binarise(seed, rowBase + row, (int) attempt, tag, target, words[worker]);
      } else if (preprocessing.binarisation() == Binarisation.STATIC) {
        int tag = Philox.tag(Noise.BINARISE_ONCE, 0, 0);
        binarise(preprocessing.seed(), sourceRow, 0, tag, target, words[worker]);
      }
    }
  }

  private void binarise(long key, int row, int attemptLow, int tag, int target, int[] drawn) {
    for (int j = 0; j < columns; j++) {
      if (j % 4 == 0) {
        Philox.words(key, j / 4, row, attemptLow, tag, drawn);
      }
      x[target + j] = Philox.uniform(drawn[j % 4]) <= x[target + j] ? 1 : 0;
    }
  }
}
