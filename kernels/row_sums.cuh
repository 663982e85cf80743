// A batch's losses, added in row order in double precision: Backend.sumLosses.
#pragma once

#include "reduce.cuh"
#include "step_state.cuh"

constexpr int TILE = 256;

/// RECONSTRUCTION and KL = sums over the rows; KL = 0 without kl (null). All threads of the block
/// call, `thread` of `threads`, at least two warps: all fetch, one adds each of the two.
__device__ inline void sumRows(long long* words, int rows, const float* reconstruction,
                               const float* kl, int thread, int threads) {
  __shared__ double tile[2][TILE];
  // The first lanes of two warps, which need not wait for each other.
  int which = thread / WARP;
  bool adds = thread == 0 || thread == WARP;
  double sum = 0;
  for (int from = 0; from < rows; from += TILE) {
    int count = min(TILE, rows - from);
    for (int i = thread; i < count; i += threads) {
      tile[0][i] = reconstruction[from + i];
      tile[1][i] = kl == nullptr ? 0 : kl[from + i];
    }
    __syncthreads();
    if (adds) {
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
