// A loss and its gradient in one pass, a block a row, for any function of one logit and its target.
#pragma once

#include "loss_terms.cuh"
#include "quad.cuh"
#include "reduce.cuh"

constexpr int LOSS_THREADS = 256;

/// per_row[r] = sum over columns of term(pre[r][c], target[r][c]).loss, in a fixed order; the
/// gradients unless gradient is null. gradient may be pre.
template <typename Function>
__device__ inline void rowLosses(int rows, int columns, const float* pre, const float* target,
                                 float* gradient, float* perRow, Function term) {
  bool vector = aligned(pre, columns) && aligned(target) && aligned(gradient);
  for (int row = blockIdx.x; row < rows; row += gridDim.x) {
    float sum = 0;
    for (int column = 4 * threadIdx.x; column < columns; column += 4 * LOSS_THREADS) {
      long long at = static_cast<long long>(row) * columns + column;
      int count = columns - column;
      Quad x = load(pre + at, count, vector);
      Quad t = load(target + at, count, vector);
#pragma unroll
      for (int i = 0; i < 4; i++) {
        Term one = term(x.at[i], t.at[i]);
        sum += i < count ? one.loss : 0;
        x.at[i] = one.gradient;
      }
      if (gradient != nullptr) {
        store(gradient + at, x, count, vector);
      }
    }
    sum = blockSum<LOSS_THREADS>(sum);
    if (threadIdx.x == 0) {
      perRow[row] = sum;
    }
  }
}
