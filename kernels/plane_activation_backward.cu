// Gradient through an activation and of a bias for each plane (Backend.activationBackward):
//   dy[r][c][i] *= activation'(pre[r][c][i]), bias_gradient[c] = sum over r and i of dy[r][c][i].
// operand: pre for SiLU, y for others; not read for the identity.
//
// Grid (channels, min(ceil(rows x ceil(plane / 4) / 1024), 1024)), exactly: it is part of the order
// of the sum; block 256. Shared memory 36 bytes, static. partial: a float for each block; tickets:
// an int for each channel, 0 before the first launch and after each.
// Bytes: 4 x rows x channels x plane x 3, for the identity x 1: the least.

#include "activation_gradient.cuh"
#include "channel.cuh"

extern "C" __global__ void plane_activation_backward(int rows, int channels, int plane,
                                                     int activation, float slope,
                                                     const float* operand, float* dy,
                                                     float* bias_gradient, float* partial,
                                                     unsigned* tickets) {
  ActivationGradient gradient = {activation, slope, operand, dy};
  bool vector = gradient.vectors(plane);
  float sum[] = {0};
  forEachOfChannel(rows, channels, plane, [&](long long at, int count) {
    sum[0] += total(gradient.apply(at, count, vector));
  });
  if (channelSums(sum, partial, tickets) && threadIdx.x == 0) {
    bias_gradient[blockIdx.x] = sum[0];
  }
}
