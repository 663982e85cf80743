package gpuvae.backend.cpu;

import gpuvae.backend.Tensor;
import java.util.Arrays;

/** The largest of each window, and the way back to where it was. */
final class MaxPool {
  private final ImageKernels images;
  private final Planes forward;
  private final Planes backward;

  // The operation under way.
  private int height;
  private int width;
  private int size;
  private float[] x;
  private int xOffset;
  private float[] y;
  private int yOffset;
  private byte[] indices;
  private int indicesOffset;

  MaxPool(WorkerPool pool, Kernels kernels) {
    images = kernels.images();
    forward = new Planes(pool, this::forward);
    backward = new Planes(pool, this::backward);
  }

  /** y and indices from x. */
  void forward(int rows, int rowsOfX, int columnsOfX, int side, Tensor in, Tensor out, Tensor at) {
    run(forward, rows, rowsOfX, columnsOfX, side, in, out, at);
  }

  /** dx from dy and indices. */
  void backward(int rows, int rowsOfX, int columnsOfX, int side, Tensor at, Tensor dy, Tensor dx) {
    run(backward, rows, rowsOfX, columnsOfX, side, dx, dy, at);
  }

  private void run(
      Planes task,
      int rows,
      int rowsOfX,
      int columnsOfX,
      int side,
      Tensor large,
      Tensor small,
      Tensor at) {
    height = rowsOfX;
    width = columnsOfX;
    size = side;
    x = CpuStorage.floats(large);
    xOffset = (int) large.offset();
    y = CpuStorage.floats(small);
    yOffset = (int) small.offset();
    indices = CpuStorage.bytes(at);
    indicesOffset = (int) at.offset();
    int plane = height * width;
    task.runRows(rows * (large.columns() / plane), plane);
    x = y = null;
    indices = null;
  }

  private void forward(int plane, int worker) {
    int rows = height / size;
    int columns = width / size;
    int to = plane * rows * columns;
    images.maxPool(
        rows,
        columns,
        size,
        x,
        xOffset + plane * height * width,
        width,
        y,
        yOffset + to,
        indices,
        indicesOffset + to);
  }

  private void backward(int plane, int worker) {
    int rows = height / size;
    int columns = width / size;
    int start = xOffset + plane * height * width;
    Arrays.fill(x, start, start + height * width, 0);
    int from = plane * rows * columns;
    for (int row = 0; row < rows; row++) {
      int to = start + row * size * width;
      for (int column = 0; column < columns; column++, from++, to += size) {
        int taken = indices[indicesOffset + from] & 0xFF;
        x[to + taken / size * width + taken % size] = y[yOffset + from];
      }
    }
  }
}
