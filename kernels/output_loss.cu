// The end of a forward pass and the beginning of the backward one, fused: the output layer's bias
// (0 for none), the loss and its gradient (Backend.bernoulliLoss, squaredErrorLoss), that bias's
// gradient, and the batch's sums (Backend.sumLosses):
//   x = pre + bias, gradient = dloss/dx, per_row = row sums of the loss, bias_gradient = column
//   sums of gradient, RECONSTRUCTION and KL = sums over the rows.
// gradient may be pre. Sums have a fixed order: of a row within 32 columns as a tree, then over the
// blocks in order, in the block that ends last.
//
// Grid ceil(columns / 32), block (8, 64): a block takes 32 columns of all rows. Shared memory 12296
// bytes, static. partial: ceil(columns / 32) x rows floats; ticket: an int, 0 before the first
// launch and after each.
// Bytes: rows x columns x 12, and rows x columns / 4 of partial sums.

#include "column_sum.cuh"
#include "last_block.cuh"
#include "loss_terms.cuh"
#include "row_sums.cuh"

template <typename Function>
__device__ inline void outputLoss(long long* words, int rows, int columns, const float* pre,
                                  const float* bias, const float* target, const float* kl,
                                  float* gradient, float* biasGradient, float* perRow,
                                  float* partial, unsigned* ticket, Function term) {
  int column = 4 * (blockIdx.x * STRIP_QUADS + threadIdx.x);
  int count = columns - column;
  bool vector = aligned(pre, columns) && aligned(bias) && aligned(target) && aligned(gradient) &&
                aligned(biasGradient);
  Quad b = {0, 0, 0, 0};
  if (bias != nullptr && count > 0) {
    b = load(bias + column, count, vector);
  }
  Quad columnSum = {0, 0, 0, 0};
  // Every lane of a warp takes part in each of its rows' sums, also beyond the last row.
  for (int from = 0; from < rows; from += STRIP_ROWS) {
    int row = from + threadIdx.y;
    float loss = 0;
    if (row < rows && count > 0) {
      long long at = static_cast<long long>(row) * columns + column;
      Quad x = load(pre + at, count, vector);
      Quad t = load(target + at, count, vector);
      add(x, b);
#pragma unroll
      for (int i = 0; i < 4; i++) {
        Term one = term(x.at[i], t.at[i]);
        loss += i < count ? one.loss : 0;
        x.at[i] = one.gradient;
      }
      store(gradient + at, x, count, vector);
      add(columnSum, x);
    }
#pragma unroll
    for (int distance = STRIP_QUADS / 2; distance > 0; distance /= 2) {
      loss += __shfl_down_sync(0xFFFFFFFFu, loss, distance, STRIP_QUADS);
    }
    if (threadIdx.x == 0 && row < rows) {
      partial[static_cast<long long>(blockIdx.x) * rows + row] = loss;
    }
  }
  columnSum = stripSum(columnSum);
  if (biasGradient != nullptr && threadIdx.y == 0 && count > 0) {
    store(biasGradient + column, columnSum, count, vector);
  }
  if (!lastBlock(ticket, gridDim.x)) {
    return;
  }
  int thread = threadIdx.y * STRIP_QUADS + threadIdx.x;
  const volatile float* others = partial;
  for (int row = thread; row < rows; row += STRIP_QUADS * STRIP_ROWS) {
    float loss = 0;
    for (unsigned block = 0; block < gridDim.x; block++) {
      loss += others[static_cast<long long>(block) * rows + row];
    }
    perRow[row] = loss;
  }
  __syncthreads();
  sumRows(words, rows, perRow, kl, thread, STRIP_QUADS * STRIP_ROWS);
}

extern "C" __global__ void bernoulli_output(long long* words, int rows, int columns,
                                            const float* pre, const float* bias,
                                            const float* target, const float* kl, float* gradient,
                                            float* bias_gradient, float* per_row, float* partial,
                                            unsigned* ticket) {
  outputLoss(words, rows, columns, pre, bias, target, kl, gradient, bias_gradient, per_row, partial,
             ticket, bernoulliTerm);
}

extern "C" __global__ void squared_error_output(long long* words, int rows, int columns,
                                                const float* pre, const float* bias, int output,
                                                const float* target, const float* kl,
                                                float* gradient, float* bias_gradient,
                                                float* per_row, float* partial, unsigned* ticket) {
  bool squash = output == SIGMOID;
  outputLoss(words, rows, columns, pre, bias, target, kl, gradient, bias_gradient, per_row, partial,
             ticket, [squash](float y, float x) { return squaredErrorTerm(squash, y, x); });
}
