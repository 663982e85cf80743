// Each row times its own factor (Backend.scaleRows), in place.
//
// Grid (ceil(columns / 128), min(ceil(rows / 8), 65535)), block (32, 8). No shared memory.
// Bytes: 8 x rows x columns.

#include "quad.cuh"

extern "C" __global__ void scale_rows(int rows, int columns, const float* factors, float* x) {
  bool vector = aligned(x, columns);
  int column = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
  int count = columns - column;
  if (count <= 0) {
    return;
  }
  for (int row = blockIdx.y * blockDim.y + threadIdx.y; row < rows; row += gridDim.y * blockDim.y) {
    long long at = static_cast<long long>(row) * columns + column;
    float factor = factors[row];
    Quad q = load(x + at, count, vector);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      q.at[i] *= factor;
    }
    store(x + at, q, count, vector);
  }
}
