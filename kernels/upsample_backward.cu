// Sums of 2 x 2 pixels (Backend.upsampleBackward):
//   dx[p][i][j] = dy[p][2 i][2 j] + dy[p][2 i][2 j + 1] + dy[p][2 i + 1][2 j] + ...[2 j + 1].
// height and width are those of dx.
//
// Grid (ceil(height x width / 128), min(ceil(planes / 8), 65535)), block (32, 8): a warp writes 128
// values of a plane. No shared memory. Pairs of dy are 8-byte accesses where its address allows it.
// Bytes: 20 x planes x height x width, the least.

#include "pixels.cuh"

__device__ inline float pair(const float* from, bool vector) {
  if (vector) {
    float2 two = *reinterpret_cast<const float2*>(from);
    return two.x + two.y;
  }
  return from[0] + from[1];
}

extern "C" __global__ void upsample_backward(int planes, int height, int width, const float* dy,
                                             float* dx) {
  bool vector = (reinterpret_cast<unsigned long long>(dy) & 7) == 0;
  writePlanes(planes, height, width, dx, [&](int p, Pixel at) {
    const float* upper = dy + 4 * (static_cast<long long>(p) * height + at.y) * width + 2 * at.x;
    return pair(upper, vector) + pair(upper + 2 * width, vector);
  });
}
