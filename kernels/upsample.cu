// Every pixel becomes 2 x 2 (Backend.upsample): y[p][i][j] = x[p][i / 2][j / 2]. height and width
// are those of x.
//
// Grid (ceil(4 x height x width / 128), min(ceil(planes / 8), 65535)), block (32, 8): a warp writes
// 128 values of a plane. No shared memory.
// Bytes: 20 x planes x height x width, the least.

#include "pixels.cuh"

extern "C" __global__ void upsample(int planes, int height, int width, const float* x, float* y) {
  writePlanes(planes, 2 * height, 2 * width, y, [&](int p, Pixel at) {
    return x[(static_cast<long long>(p) * height + at.y / 2) * width + at.x / 2];
  });
}
