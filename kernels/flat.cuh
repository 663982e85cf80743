// Loops over flat buffers: 16 bytes a thread where the addresses allow it, then the tail.
#pragma once

#include "quad.cuh"

/// Calls body(index, count, vector) for each group of up to four elements that falls to block
/// `block` of `blocks`.
template <typename Body>
__device__ inline void forEachQuad(long long count, bool vector, Body body,
                                   unsigned block = blockIdx.x, unsigned blocks = gridDim.x) {
  long long stride = 4LL * blocks * blockDim.x;
  for (long long i = 4LL * (block * blockDim.x + threadIdx.x); i < count; i += stride) {
    int left = static_cast<int>(count - i < 4 ? count - i : 4);
    body(i, left, vector && left == 4);
  }
}
