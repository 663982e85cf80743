// The gradient through batch norm (Backend.batchNormBackward) in two launches, since it needs sums
// over the batch: with d = dy activation' and hat = (x - mean[c]) inverse[c],
//   batch_norm_gradients: dy = d, scale_gradient[c] = sum of d hat, shift_gradient[c] = sum of d;
//   batch_norm_backward: dx = scale[c] inverse[c] (d - mean of d - hat x mean of d hat).
// Images are [rows, channels, plane]; operand: pre for SiLU, y for others; not read for the
// identity.
//
// batch_norm_gradients: grid, block, partial (twice as many floats) and tickets as those of
// plane_activation_backward, shared memory 36 bytes, static. batch_norm_backward: grid and block as
// those of batch_norm, no shared memory.
// Bytes: 4 x rows x channels x plane x 4 and 3, the first 2 for the identity; the least is 5 (3) in
// all if a batch could be kept between the two.

#include "activation_gradient.cuh"
#include "channel.cuh"
#include "normalisation.cuh"

extern "C" __global__ void batch_norm_gradients(int rows, int channels, int plane, int activation,
                                                float slope, const float* operand, float* dy,
                                                const float* x, const float* mean,
                                                const float* inverse, float* scale_gradient,
                                                float* shift_gradient, float* partial,
                                                unsigned* tickets) {
  ActivationGradient gradient = {activation, slope, operand, dy};
  bool vector = aligned(x) && gradient.vectors(plane);
  int channel = blockIdx.x;
  float center = mean[channel];
  float spread = inverse[channel];
  NormSums share = {0, 0};
  forEachOfChannel(rows, channels, plane, [&](long long at, int count) {
    Quad d = gradient.apply(at, count, vector);
    share.add(d, normalised(load(x + at, count, vector), center, spread));
  });
  float sums[] = {share.products, share.total};
  if (channelSums(sums, partial, tickets) && threadIdx.x == 0) {
    scale_gradient[channel] = sums[0];
    shift_gradient[channel] = sums[1];
  }
}

extern "C" __global__ void batch_norm_backward(int planes, int channels, int plane, const float* d,
                                               const float* x, const float* scale,
                                               const float* mean, const float* inverse,
                                               const float* scale_gradient,
                                               const float* shift_gradient, float* dx) {
  bool vector = aligned(d, plane) && aligned(x) && aligned(dx);
  float count = static_cast<float>(planes / channels) * plane;
  for (int p = blockIdx.y * blockDim.y + threadIdx.y; p < planes; p += gridDim.y * blockDim.y) {
    int channel = p % channels;
    float center = mean[channel];
    float spread = inverse[channel];
    NormSums sums = {scale_gradient[channel], shift_gradient[channel]};
    for (int i = 4 * (blockIdx.x * blockDim.x + threadIdx.x); i < plane;
         i += 4 * gridDim.x * blockDim.x) {
      long long at = static_cast<long long>(p) * plane + i;
      Quad hat = normalised(load(x + at, plane - i, vector), center, spread);
      Quad q = sums.through(load(d + at, plane - i, vector), hat, scale[channel] * spread, count);
      store(dx + at, q, plane - i, vector);
    }
  }
}
