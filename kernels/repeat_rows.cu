// Each row so many times (Backend.repeatRows): destination[r x samples + s] = source[r]. `rows` are
// the destination's.
//
// Grid (ceil(columns / 128), min(ceil(rows / 8), 65535)), block (32, 8). No shared memory.
// Bytes: 8 x rows x columns at most.

#include "quad.cuh"

extern "C" __global__ void repeat_rows(int rows, int columns, int samples, const float* source,
                                       float* destination) {
  bool vector = aligned(source, columns) && aligned(destination);
  int column = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
  int count = columns - column;
  if (count <= 0) {
    return;
  }
  for (int row = blockIdx.y * blockDim.y + threadIdx.y; row < rows; row += gridDim.y * blockDim.y) {
    long long from = static_cast<long long>(row / samples) * columns + column;
    long long to = static_cast<long long>(row) * columns + column;
    store(destination + to, load(source + from, count, vector), count, vector);
  }
}
