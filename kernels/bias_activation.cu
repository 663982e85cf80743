// Bias and activation (Backend.biasActivation):
//   pre[r][c] += bias[c], y[r][c] = activation(pre[r][c]);
// with channels > 0 rows are planes of images, and each has one bias: bias[r % channels].
// pre is written unless it is y or there is no bias (bias = 0).
//
// Grid (ceil(columns / 128), min(ceil(rows / 8), 65535)), block (32, 8): a warp takes 128 columns
// of a row. No shared memory.
// Bytes: rows x columns x 8, or 12 where pre and y are two; the bias is read for each row, from the
// cache.

#include "activation.cuh"

extern "C" __global__ void bias_activation(int rows, int columns, int channels, float* pre,
                                           const float* bias, int activation, float slope,
                                           float* y) {
  bool vector = aligned(pre, columns) && aligned(y) && (channels > 0 || aligned(bias));
  bool keepInput = bias != nullptr && pre != y;
  for (int row = blockIdx.y * blockDim.y + threadIdx.y; row < rows; row += gridDim.y * blockDim.y) {
    for (int column = 4 * (blockIdx.x * blockDim.x + threadIdx.x); column < columns;
         column += 4 * gridDim.x * blockDim.x) {
      long long at = static_cast<long long>(row) * columns + column;
      int count = columns - column;
      Quad x = load(pre + at, count, vector);
      if (bias != nullptr) {
        add(x, channels > 0 ? every(bias[row % channels]) : load(bias + column, count, vector));
      }
      if (keepInput) {
        store(pre + at, x, count, vector);
      }
#pragma unroll
      for (int i = 0; i < 4; i++) {
        x.at[i] = activate(activation, slope, x.at[i]);
      }
      store(y + at, x, count, vector);
    }
  }
}
