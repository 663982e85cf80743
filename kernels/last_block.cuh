// Which block of a launch ends last: it may finish what all began (as threadFenceReduction in
// NVIDIA's CUDA samples). No order of blocks is assumed, so results stay the same every run.
#pragma once

/// Whether this is the last of `blocks` blocks to call; it may read what all blocks wrote before
/// (volatile, since this multiprocessor's cache need not know of it). All threads call.
///
/// ticket: 0 before the launch, and again after it.
__device__ inline bool lastBlock(unsigned* ticket, unsigned blocks) {
  __shared__ bool last;
  __syncthreads();
  if (threadIdx.x == 0 && threadIdx.y == 0) {
    __threadfence();
    last = atomicInc(ticket, blocks - 1) == blocks - 1;
    __threadfence();
  }
  __syncthreads();
  return last;
}
