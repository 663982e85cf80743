// Loops over flat buffers: 16 bytes a thread where the addresses allow it, then the tail.
#pragma once

#include "quad.cuh"

/// Calls body(index, count, vector) for each group of up to four elements, in grid strides.
template <typename Body>
__device__ inline void forEachQuad(long long count, bool vector, Body body) {
  long long stride = 4LL * gridDim.x * blockDim.x;
  for (long long i = 4LL * (blockIdx.x * blockDim.x + threadIdx.x); i < count; i += stride) {
    int left = static_cast<int>(count - i < 4 ? count - i : 4);
    body(i, left, vector && left == 4);
  }
}
