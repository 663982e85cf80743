// out[c][r] = in[r][c] through a padded shared tile of 32 x 32; blocks of 32 x 8 threads.
extern "C" __global__ void transpose(int rows, int columns, const float* in, float* out) {
  __shared__ float tile[32][33];
  int x = blockIdx.x * 32 + threadIdx.x;
  for (int j = threadIdx.y; j < 32; j += 8) {
    int y = blockIdx.y * 32 + j;
    if (x < columns && y < rows) tile[j][threadIdx.x] = in[y * columns + x];
  }
  __syncthreads();
  int r = blockIdx.y * 32 + threadIdx.x;
  for (int j = threadIdx.y; j < 32; j += 8) {
    int c = blockIdx.x * 32 + j;
    if (r < rows && c < columns) out[c * rows + r] = tile[threadIdx.x][j];
  }
}
