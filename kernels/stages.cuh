// Two stages in one launch: blocks of the second wait for those of the first. Blocks are numbered
// in the order in which they start, so whom a block waits for is at work already and waits for
// nobody itself: the card need not hold all blocks at once (as in Merrill and Garland, "Single-pass
// Parallel Prefix Scan with Decoupled Look-back", 2016). What is computed does not depend on which
// block has which number.
//
// `stages` are two ints of device memory, 0 before the first launch and after each.
#pragma once

#include "last_block.cuh"

/// The number of this block of all `blocks` of the launch. All threads call.
__device__ inline unsigned blockByStart(unsigned* stages, unsigned blocks) {
  __shared__ unsigned number;
  if (threadIdx.x == 0 && threadIdx.y == 0) {
    number = atomicInc(&stages[0], blocks - 1);
  }
  __syncthreads();
  return number;
}

/// Says that this block's work is done; true in the last of `blocks`, which all call.
__device__ inline bool endBlock(unsigned* stages, unsigned blocks) {
  return lastBlock(&stages[1], blocks);
}

/// Waits until `blocks` have ended; then what they wrote may be read. All threads call.
__device__ inline void awaitBlocks(unsigned* stages, unsigned blocks) {
  if (threadIdx.x == 0 && threadIdx.y == 0) {
    const volatile unsigned* ended = &stages[1];
    while (*ended < blocks) {
    }
    __threadfence();
  }
  __syncthreads();
}
