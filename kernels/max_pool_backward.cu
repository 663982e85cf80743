// The gradient through max_pool (Backend.maxPoolBackward): dx is its window's dy where the value
// was taken, else 0. height and width are those of dx. Every value is written once, no order of
// threads matters.
//
// Grid (ceil(height x width / 128), min(ceil(planes / 8), 65535)), block (32, 8): a warp writes 128
// values of a plane. No shared memory.
// Bytes: planes x (4 x height x width + 5 x windows), the least; what windows share is in the
// cache.

#include "pixels.cuh"

extern "C" __global__ void max_pool_backward(int planes, int height, int width, int size,
                                             const unsigned char* indices, const float* dy,
                                             float* dx) {
  int rows = height / size;
  int columns = width / size;
  writePlanes(planes, height, width, dx, [&](int p, Pixel at) {
    int y = at.y / size;
    int x = at.x / size;
    if (y >= rows || x >= columns) {
      return 0.0f;
    }
    long long from = (static_cast<long long>(p) * rows + y) * columns + x;
    int place = (at.y - y * size) * size + at.x - x * size;
    return indices[from] == place ? dy[from] : 0;
  });
}
