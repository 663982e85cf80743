// Pixels of many planes, which lie one after the other.
#pragma once

#include "quad.cuh"

struct Pixel {
  int y;
  int x;

  /// A plane's `at`-th.
  __device__ Pixel(int at, int width) : y(at / width), x(at - y * width) {}

  /// The one after it.
  __device__ void next(int width) {
    if (++x == width) {
      x = 0;
      y++;
    }
  }
};

/// to[p] = value(p, pixel) for every pixel of planes p: four neighbours a thread, in blocks (32, 8)
/// of a grid of any size.
template <typename Value>
__device__ inline void writePlanes(int planes, int height, int width, float* to, Value value) {
  int size = height * width;
  bool vector = aligned(to, size);
  for (int p = blockIdx.y * blockDim.y + threadIdx.y; p < planes; p += gridDim.y * blockDim.y) {
    for (int i = 4 * (blockIdx.x * blockDim.x + threadIdx.x); i < size;
         i += 4 * gridDim.x * blockDim.x) {
      Pixel pixel(i, width);
      Quad q = {0, 0, 0, 0};
#pragma unroll
      for (int k = 0; k < 4; k++) {
        if (i + k < size) {
          q.at[k] = value(p, pixel);
          pixel.next(width);
        }
      }
      store(to + static_cast<long long>(p) * size + i, q, size - i, vector);
    }
  }
}
