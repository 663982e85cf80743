// Gradient through an activation and of the bias before it (Backend.activationBackward):
//   dy[r][c] *= activation'(pre[r][c]), bias_gradient[c] = sum over r of dy[r][c].
// pre is read for SiLU only, y for all others but the identity.
//
// Grid (ceil(columns / 32), 1), block (8, 64): a block takes 32 columns of all rows, so that column
// sums have a fixed order. Without a bias gradient (0) the grid may have more in y. Shared memory
// 8192 bytes, static.
// Bytes: rows x columns x 12; for the identity 4.

#include "activation_gradient.cuh"
#include "column_sum.cuh"

extern "C" __global__ void activation_backward(int rows, int columns, int activation, float slope,
                                               const float* pre, const float* y, float* dy,
                                               float* bias_gradient) {
  int column = 4 * (blockIdx.x * STRIP_QUADS + threadIdx.x);
  int count = columns - column;
  ActivationGradient gradient = {activation, slope, activation == SILU ? pre : y, dy};
  bool vector = gradient.vectors(columns) && aligned(bias_gradient);
  Quad sum = {0, 0, 0, 0};
  if (count > 0) {
    for (int row = blockIdx.y * STRIP_ROWS + threadIdx.y; row < rows;
         row += gridDim.y * STRIP_ROWS) {
      long long at = static_cast<long long>(row) * columns + column;
      add(sum, gradient.apply(at, count, vector));
    }
  }
  if (bias_gradient != nullptr) {
    sum = stripSum(sum);
    if (threadIdx.y == 0 && count > 0) {
      store(bias_gradient + column, sum, count, vector);
    }
  }
}
