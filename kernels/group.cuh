// Groups of threads that work on something together: the warps of a block, or the whole block.
#pragma once

#include "last_block.cuh"
#include "reduce.cuh"

constexpr int GROUP_BLOCK = 128;

/// THREADS of a block of GROUP_BLOCK: 32, or all.
template <int THREADS>
struct Group {
  static constexpr int A_BLOCK = GROUP_BLOCK / THREADS;
  static_assert(THREADS == WARP || A_BLOCK == 1, "a warp or the block");

  /// Which of the launch's groups the calling thread is in.
  static __device__ int first() { return blockIdx.x * A_BLOCK + threadIdx.x / THREADS; }

  /// How many groups the launch has.
  static __device__ int all() { return gridDim.x * A_BLOCK; }

  /// Which of the group's threads calls.
  static __device__ int thread() { return threadIdx.x % THREADS; }

  /// The sum over the group, in a fixed order and for all its threads, all of which call.
  static __device__ float sum(float value) {
    if constexpr (THREADS == WARP) {
      return laneSum<WARP>(value);
    } else {
      return everySum<THREADS>(value);
    }
  }

  /// Whether this is the last of `groups` groups to call, as lastBlock says for blocks.
  static __device__ bool last(unsigned* ticket, unsigned groups) {
    if constexpr (THREADS == WARP) {
      unsigned before = 0;
      __syncwarp();
      if (thread() == 0) {
        __threadfence();
        before = atomicInc(ticket, groups - 1);
        __threadfence();
      }
      before = __shfl_sync(0xFFFFFFFFu, before, 0);
      __syncwarp();
      return before == groups - 1;
    } else {
      return lastBlock(ticket, groups);
    }
  }
};
