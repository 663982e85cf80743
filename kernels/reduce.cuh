// Sums in a fixed order: a tree over the lanes of a warp, then over the warps of a block.
#pragma once

constexpr int WARP = 32;

/// The sum over a warp, all of whose lanes call: lane 0's result.
template <typename T>
__device__ inline T warpSum(T value) {
#pragma unroll
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    value += __shfl_down_sync(0xFFFFFFFFu, value, distance);
  }
  return value;
}

/// The sum over a block of THREADS in one dimension, all of which call: thread 0's result.
template <int THREADS, typename T>
__device__ inline T blockSum(T value) {
  __shared__ T partial[THREADS / WARP];
  value = warpSum(value);
  if (threadIdx.x % WARP == 0) {
    partial[threadIdx.x / WARP] = value;
  }
  __syncthreads();
  if (threadIdx.x < WARP) {
    value = warpSum(threadIdx.x < THREADS / WARP ? partial[threadIdx.x] : T(0));
  }
  __syncthreads();
  return value;
}
