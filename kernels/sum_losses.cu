// The batch's losses (Backend.sumLosses): RECONSTRUCTION and KL = sums over the rows, in row order,
// in double precision; KL = 0 without kl (0).
//
// Grid 1, block 256: all threads fetch, one thread adds each of the two. Shared memory 4096 bytes,
// static.
// Bytes: 8 x rows.

#include "reduce.cuh"
#include "step_state.cuh"

constexpr int TILE = 256;

extern "C" __global__ void sum_losses(long long* words, int rows, const float* reconstruction,
                                      const float* kl) {
  __shared__ double tile[2][TILE];
  // The first lanes of two warps, which need not wait for each other.
  int which = threadIdx.x / WARP;
  bool adds = threadIdx.x == 0 || threadIdx.x == WARP;
  double sum = 0;
  for (int from = 0; from < rows; from += TILE) {
    int row = from + threadIdx.x;
    if (row < rows) {
      tile[0][threadIdx.x] = reconstruction[row];
      tile[1][threadIdx.x] = kl == nullptr ? 0 : kl[row];
    }
    __syncthreads();
    if (adds) {
      int count = min(TILE, rows - from);
      for (int i = 0; i < count; i++) {
        sum += tile[which][i];
      }
    }
    __syncthreads();
  }
  if (adds) {
    setNumber(words, which == 0 ? RECONSTRUCTION : KL, sum);
  }
}
