// A dense layer with few inputs, such as a decoder's first, in one launch (Backend.denseForward):
//   pre[r][o] = sum over i of x[r][i] weight[o][i] + bias[o], y = activation(pre).
// x is [rows, inputs], weight [outputs, inputs]. The sum is one chain of fma in the order of i. pre
// is written unless it is y. For many inputs cuBLAS and bias_activation are faster: here a thread
// computes two rows of two columns only.
//
// Grid (ceil(outputs / 32), min(ceil(rows / 32), 65535)), block (16, 16): a block computes tiles of
// 32 x 32 from slices of 32 inputs. Shared memory 8448 bytes, static.
// Bytes: 4 x (rows x inputs x ceil(outputs / 32) + outputs x inputs x ceil(rows / 32), mostly from
// the cache, + rows x outputs, twice where pre and y are two).

#include "activation.cuh"

constexpr int SIDE = 32;
constexpr int HALF = SIDE / 2;

/// slice[k][i] = matrix[from + i][first + k], 0 outside. The odd row length keeps banks apart.
__device__ inline void loadSlice(const float* matrix, int rows, int columns, int from, int first,
                                 float (*slice)[SIDE + 1]) {
  for (int i = threadIdx.y; i < SIDE; i += HALF) {
    for (int k = threadIdx.x; k < SIDE; k += HALF) {
      bool inside = from + i < rows && first + k < columns;
      slice[k][i] = inside ? matrix[static_cast<long long>(from + i) * columns + first + k] : 0;
    }
  }
}

extern "C" __global__ void dense(int rows, int inputs, int outputs, const float* x,
                                 const float* weight, const float* bias, int activation,
                                 float slope, float* pre, float* y) {
  __shared__ float left[SIDE][SIDE + 1];
  __shared__ float right[SIDE][SIDE + 1];
  int column = blockIdx.x * SIDE;
  for (int row = blockIdx.y * SIDE; row < rows; row += gridDim.y * SIDE) {
    float sum[2][2] = {};
    for (int first = 0; first < inputs; first += SIDE) {
      loadSlice(x, rows, inputs, row, first, left);
      loadSlice(weight, outputs, inputs, column, first, right);
      __syncthreads();
      int count = min(SIDE, inputs - first);
      for (int k = 0; k < count; k++) {
#pragma unroll
        for (int i = 0; i < 2; i++) {
#pragma unroll
          for (int j = 0; j < 2; j++) {
            sum[i][j] =
                fmaf(left[k][threadIdx.y + HALF * i], right[k][threadIdx.x + HALF * j], sum[i][j]);
          }
        }
      }
      __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < 2; i++) {
#pragma unroll
      for (int j = 0; j < 2; j++) {
        int r = row + threadIdx.y + HALF * i;
        int c = column + threadIdx.x + HALF * j;
        if (r < rows && c < outputs) {
          long long at = static_cast<long long>(r) * outputs + c;
          float value = sum[i][j] + (bias == nullptr ? 0 : bias[c]);
          if (pre != y) {
            pre[at] = value;
          }
          y[at] = activate(activation, slope, value);
        }
      }
    }
  }
}
