package gpuvae.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.ElementType;
import gpuvae.backend.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who multiplies what: all of it once, and no worker much more than the others. */
class PanelsTest {
  private static final int TILE = 3;
  private static final int WIDE = 48;
  private static final int NARROW = 32;

  private static Panels panels(int workers) {
    return new Panels(new ScalarKernels().matrices(), workers, TILE, WIDE, NARROW);
  }

  private static int cut(Panels panels, int columns, int rows) {
    try (CpuBackend backend = new CpuBackend(new ScalarKernels(), 1)) {
      Tensor right = backend.allocate(ElementType.F32, 1, columns);
      return panels.cut(right, false, columns, rows);
    }
  }

  @Test
  void eachElementIsComputedOnce() {
    for (int workers : new int[] {1, 2, 3, 7, 16}) {
      for (int columns : new int[] {1, 13, 48, 127, 400, 784}) {
        for (int rows : new int[] {1, 13, 128, 207, 1000, 4098}) {
          String what = "%d workers, %d rows, %d columns".formatted(workers, rows, columns);
          Panels panels = panels(workers);
          int chunks = cut(panels, columns, rows);
          int[][] times = new int[columns][rows];
          for (int chunk = 0; chunk < chunks; chunk++) {
            int panel = panels.panel(chunk);
            for (int c = 0; c < panels.columns(panel); c++) {
              for (int r = panels.from(chunk); r < panels.to(chunk); r++) {
                times[panels.column(panel) + c][r]++;
              }
            }
          }
          for (int[] column : times) {
            for (int time : column) {
              assertEquals(1, time, what);
            }
          }
        }
      }
    }
  }

  /** Rows times panels of the worker that has most, where evenly shared they were the mean. */
  @ParameterizedTest
  @CsvSource({
    // workers, columns, rows, at most this many times the mean
    "2, 400, 128, 1.05",
    "2, 784, 1000, 1.01",
    "8, 400, 128, 1.05",
    "8, 784, 1000, 1.05",
    "12, 784, 128, 1.35",
    "16, 400, 1000, 1.05",
    "16, 784, 1000, 1.05",
    "16, 400, 128, 1.25"
  })
  void workersHaveAboutAsMuch(int workers, int columns, int rows, double limit) {
    Panels panels = panels(workers);
    int chunks = cut(panels, columns, rows);
    long[] load = new long[workers];
    long sum = 0;
    for (int chunk = 0; chunk < chunks; chunk++) {
      int own = panels.to(chunk) - panels.from(chunk);
      load[WorkerPool.owner(chunk, workers, chunks)] += own;
      sum += own;
    }
    double most = 0;
    for (long own : load) {
      most = Math.max(most, own);
    }
    double ratio = most * workers / sum;
    assertTrue(ratio <= limit, "the busiest has %.2f times the mean".formatted(ratio));
  }
}
