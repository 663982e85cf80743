// Gradient norm and whether the step is accepted (Backend.gradientNorm).
//
// Grid min(ceil(count / 4096), 256): from the count alone, so that every device adds in one order;
// block 256. Shared memory 72 bytes, static. partial: 256 doubles; ticket: an int, 0 before the
// first launch and after each.
// Bytes: 4 x count.

#include "gradient_norm.cuh"

extern "C" __global__ void gradient_norm(long long* words, long long count, const float* gradients,
                                         double* partial, unsigned* ticket) {
  gradientNorm(words, count, gradients, partial, ticket, blockIdx.x, gridDim.x);
}
