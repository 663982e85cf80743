// Free bits (Backend.freeBits; Kingma et al., "Improved Variational Inference with Inverse
// Autoregressive Flow", 2016, equation 15): of each latent dimension whose KL divergence has not
// more than `nats` in the mean over the rows, d_heads becomes the gradient without the KL term:
//   d_mu = dz, d_sigma = dz eps, through sigma to the second head.
//
// Grid ceil(latent / 32), block (8, 64): a block takes 32 columns of both heads in all rows, so
// that the mean has a fixed order. Shared memory 8320 bytes, static. Bytes: rows x latent x 12, and
// 24 where it is free.

#include "column_sum.cuh"
#include "posterior.cuh"

extern "C" __global__ void free_bits(int rows, int latent, int head, double nats,
                                     const float* heads, const float* eps, const float* sigma,
                                     const float* dz, float* d_heads) {
  __shared__ Quad twiceKl[STRIP_QUADS];
  bool vector = aligned(heads, latent) && aligned(eps) && aligned(sigma) && aligned(dz);
  int column = 4 * (blockIdx.x * STRIP_QUADS + threadIdx.x);
  int count = latent - column;
  Quad sum = every(0);
  if (count > 0) {
    for (int row = threadIdx.y; row < rows; row += STRIP_ROWS) {
      long long at = static_cast<long long>(row) * latent + column;
      long long mean = at + static_cast<long long>(row) * latent;
      Quad mu = load(heads + mean, count, vector);
      Quad second = load(heads + mean + latent, count, vector);
      Quad deviation = load(sigma + at, count, vector);
#pragma unroll
      for (int i = 0; i < 4; i++) {
        sum.at[i] += posteriorTwiceKl(head, mu.at[i], second.at[i], deviation.at[i]);
      }
    }
  }
  sum = stripSum(sum);
  if (threadIdx.y == 0) {
    twiceKl[threadIdx.x] = sum;
  }
  __syncthreads();
  sum = twiceKl[threadIdx.x];
  for (int row = threadIdx.y; row < rows && count > 0; row += STRIP_ROWS) {
    long long at = static_cast<long long>(row) * latent + column;
    long long mean = at + static_cast<long long>(row) * latent;
    Quad second = load(heads + mean + latent, count, vector);
    Quad noise = load(eps + at, count, vector);
    Quad deviation = load(sigma + at, count, vector);
    Quad d = load(dz + at, count, vector);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      if (i < count && !(0.5 * sum.at[i] / rows > nats)) {
        d_heads[mean + i] = d.at[i];
        d_heads[mean + latent + i] =
            posteriorSecondGradient(head, second.at[i], deviation.at[i], d.at[i] * noise.at[i], 0);
      }
    }
  }
}
