// Adam and AdamW (Backend.adam).
//
// Grid min(ceil(count / 1024), 65535), block 256. Shared memory 40 bytes, static.
// Bytes: 28 x count (reads p, g, m, v; writes p, m, v).

#include "adam.cuh"

extern "C" __global__ void adam(const long long* words, double beta1, double beta2, double epsilon,
                                double decay, double clip, int decoupled, long long count,
                                float* parameters, const float* gradients, float* first,
                                float* second) {
  adamStep(words, beta1, beta2, epsilon, decay, clip, decoupled, count, parameters, gradients,
           first, second, blockIdx.x, gridDim.x);
}
