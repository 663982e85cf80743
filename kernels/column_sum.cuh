// Column sums in a fixed order, for blocks of STRIP_QUADS x STRIP_ROWS threads that each work on
// four neighbouring columns: a thread adds its rows in order, a tree adds the threads of a column.
#pragma once

#include "quad.cuh"

constexpr int STRIP_QUADS = 8;
constexpr int STRIP_ROWS = 64;

/// Adds over the block's rows; threads with threadIdx.y = 0 hold the result. All threads call.
__device__ inline Quad stripSum(Quad sum) {
  __shared__ float4 partial[STRIP_ROWS][STRIP_QUADS];
  float4* own = &partial[threadIdx.y][threadIdx.x];
  *own = make_float4(sum.at[0], sum.at[1], sum.at[2], sum.at[3]);
#pragma unroll
  for (int distance = STRIP_ROWS / 2; distance > 0; distance /= 2) {
    __syncthreads();
    if (threadIdx.y < distance) {
      float4 other = partial[threadIdx.y + distance][threadIdx.x];
      add(sum, {other.x, other.y, other.z, other.w});
      *own = make_float4(sum.at[0], sum.at[1], sum.at[2], sum.at[3]);
    }
  }
  __syncthreads();
  return sum;
}
