// Normalisation by a channel's statistics, with what stands beside it (Backend.batchNorm's second
// half, Backend.batchNormInference):
//   pre = (x - mean[c]) inverse[c] scale[c] + shift[c] + residual, y = activation(pre).
// Images are [rows, channels, plane]. inverse = 0: 1 / sqrt(variance[c] + 1e-5). residual may be 0;
// pre is written unless it is y, which may be x.
//
// Grid (ceil(plane / 128), min(ceil(planes / 8), 65535)), planes = rows x channels; block (32, 8):
// a warp takes 128 values of a plane. No shared memory.
// Bytes: 4 x rows x channels x plane x 2, 1 more with a residual and 1 where pre and y are two: the
// least.

#include "normalisation.cuh"

extern "C" __global__ void batch_norm(int planes, int channels, int plane, const float* x,
                                      const float* scale, const float* shift, const float* residual,
                                      int activation, float slope, const float* mean,
                                      const float* variance, const float* inverse, float* pre,
                                      float* y) {
  NormOutput output = {residual, activation, slope, pre, y};
  bool vector = aligned(x) && output.vectors(plane);
  for (int p = blockIdx.y * blockDim.y + threadIdx.y; p < planes; p += gridDim.y * blockDim.y) {
    int channel = p % channels;
    float center = mean[channel];
    float factor = inverse == nullptr
                       ? 1 / sqrtf(variance[channel] + static_cast<float>(NORM_EPSILON))
                       : inverse[channel];
    factor *= scale[channel];
    float offset = shift[channel];
    for (int i = 4 * (blockIdx.x * blockDim.x + threadIdx.x); i < plane;
         i += 4 * gridDim.x * blockDim.x) {
      long long at = static_cast<long long>(p) * plane + i;
      Quad q = minus(load(x + at, plane - i, vector), center);
      output.write(at, q, factor, offset, plane - i, vector);
    }
  }
}
