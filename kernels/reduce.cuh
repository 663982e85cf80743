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

/// The sum over each COUNT neighbouring lanes, a power of two, of a warp, all of whose lanes call:
/// every lane's result.
template <int COUNT, typename T>
__device__ inline T laneSum(T value) {
#pragma unroll
  for (int distance = COUNT / 2; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(0xFFFFFFFFu, value, distance);
  }
  return value;
}

/// The sum over a block of THREADS in one dimension, a power of two, all of which call: every
/// thread's result.
template <int THREADS, typename T>
__device__ inline T everySum(T value) {
  constexpr int WARPS = THREADS / WARP;
  __shared__ T partial[WARPS];
  value = laneSum<WARP>(value);
  if (threadIdx.x % WARP == 0) {
    partial[threadIdx.x / WARP] = value;
  }
  __syncthreads();
  value = laneSum<WARPS>(partial[threadIdx.x % WARPS]);
  __syncthreads();
  return value;
}
