package gpuvae.backend.cpu;

import gpuvae.backend.Tensor;

/** Every pixel becomes 2 x 2, or 2 x 2 one. */
final class Upsample {
  private final Planes forward;
  private final Planes backward;

  // The operation under way.
  private int height;
  private int width;
  private float[] small;
  private int smallOffset;
  private float[] large;
  private int largeOffset;

  Upsample(WorkerPool pool) {
    forward = new Planes(pool, this::forward);
    backward = new Planes(pool, this::backward);
  }

  /** y from x. */
  void forward(int rows, int rowsOfX, int columnsOfX, Tensor x, Tensor y) {
    run(forward, rows, rowsOfX, columnsOfX, x, y);
  }

  /** dx from dy. */
  void backward(int rows, int rowsOfX, int columnsOfX, Tensor dy, Tensor dx) {
    run(backward, rows, rowsOfX, columnsOfX, dx, dy);
  }

  private void run(Planes task, int rows, int rowsOfX, int columnsOfX, Tensor less, Tensor more) {
    height = rowsOfX;
    width = columnsOfX;
    small = CpuStorage.floats(less);
    smallOffset = (int) less.offset();
    large = CpuStorage.floats(more);
    largeOffset = (int) more.offset();
    task.runRows(rows * (less.columns() / (height * width)), 4 * height * width);
    small = large = null;
  }

  private void forward(int plane, int worker) {
    int from = smallOffset + plane * height * width;
    int to = largeOffset + plane * 4 * height * width;
    for (int row = 0; row < height; row++, from += width, to += 4 * width) {
      for (int i = 0; i < width; i++) {
        float value = small[from + i];
        large[to + 2 * i] = value;
        large[to + 2 * i + 1] = value;
      }
      System.arraycopy(large, to, large, to + 2 * width, 2 * width);
    }
  }

  private void backward(int plane, int worker) {
    int to = smallOffset + plane * height * width;
    int from = largeOffset + plane * 4 * height * width;
    for (int row = 0; row < height; row++, to += width, from += 4 * width) {
      int below = from + 2 * width;
      for (int i = 0; i < width; i++) {
        small[to + i] =
            large[from + 2 * i]
                + large[from + 2 * i + 1]
                + (large[below + 2 * i] + large[below + 2 * i + 1]);
      }
    }
  }
}
