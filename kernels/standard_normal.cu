// Standard normal noise (Backend.standardNormal): z[r][c] as reparameterise draws eps.
//
// Grid (ceil(columns / 128), min(ceil(rows / 8), 65535)), block (32, 8): a warp takes 128 columns
// of a row. No shared memory.
// Bytes: rows x columns x 4.

#include "normal.cuh"

extern "C" __global__ void standard_normal(const long long* words, int rows, int columns,
                                           float* z) {
  bool vector = aligned(z, columns);
  NoiseStream stream = noiseStream(words);
  for (int row = blockIdx.y * blockDim.y + threadIdx.y; row < rows; row += gridDim.y * blockDim.y) {
    for (int column = 4 * (blockIdx.x * blockDim.x + threadIdx.x); column < columns;
         column += 4 * gridDim.x * blockDim.x) {
      store(z + static_cast<long long>(row) * columns + column, normals(stream, row, column),
            columns - column, vector);
    }
  }
}
