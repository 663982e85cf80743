// The largest value of each window (Backend.maxPool), and its place in the window, row-major:
//   y[p][i][j] = max over r, s below `size` of x[p][i size + r][j size + s].
// Of equal values the first is taken, of NaNs the last. height and width are those of x; rows and
// columns that fill no window are left out.
//
// Grid (ceil(windows / 32), min(ceil(planes / 8), 65535)), windows = those of a plane; block
// (32, 8): a thread takes a window. No shared memory.
// Bytes: planes x (4 x what of x is in windows + 5 x windows), the least.

#include "pixels.cuh"

extern "C" __global__ void max_pool(int planes, int height, int width, int size, const float* x,
                                    float* y, unsigned char* indices) {
  int windows = (height / size) * (width / size);
  for (int p = blockIdx.y * blockDim.y + threadIdx.y; p < planes; p += gridDim.y * blockDim.y) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < windows; i += gridDim.x * blockDim.x) {
      Pixel window(i, width / size);
      const float* first =
          x + (static_cast<long long>(p) * height + window.y * size) * width + window.x * size;
      float largest = -INFINITY;
      int taken = 0;
      for (int r = 0; r < size; r++) {
        for (int s = 0; s < size; s++) {
          float value = first[r * width + s];
          if (value > largest || isnan(value)) {
            largest = value;
            taken = r * size + s;
          }
        }
      }
      long long at = static_cast<long long>(p) * windows + i;
      y[at] = largest;
      indices[at] = static_cast<unsigned char>(taken);
    }
  }
}
