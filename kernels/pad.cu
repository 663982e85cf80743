// Windows of planes (zero padding before a convolution, and its inverse): each plane of y is a
// window of the same plane of x that begins at row `top` and column `left`, which may be below 0,
// and may end beyond; outside is 0.
//   y[p][i][j] = x[p][i + top][j + left].
//
// Grid (ceil(y_height x y_width / 128), min(ceil(planes / 8), 65535)), block (32, 8): a warp writes
// 128 values of a plane. No shared memory.
// Bytes: 4 x planes x (y's plane + what of x is inside), the least.

#include "pixels.cuh"

extern "C" __global__ void pad(int planes, int x_height, int x_width, int y_height, int y_width,
                               int top, int left, const float* x, float* y) {
  writePlanes(planes, y_height, y_width, y, [&](int p, Pixel at) {
    int row = at.y + top;
    int column = at.x + left;
    bool inside = row >= 0 && row < x_height && column >= 0 && column < x_width;
    return inside ? x[(static_cast<long long>(p) * x_height + row) * x_width + column] : 0;
  });
}
