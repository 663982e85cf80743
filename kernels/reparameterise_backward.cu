// Gradient of loss + KL_WEIGHT x KL with respect to both heads (Backend.reparameteriseBackward):
//   d_mu = dz + weight mu; d_logvar = 1/2 (dz eps sigma + weight expm1(logvar)), or through sigma:
//   d_sigma = dz eps + weight (sigma - 1 / sigma), times softplus' = -expm1(-sigma) or ReLU'.
// With a bias gradient (else 0), [2 latent], also the column sums of d_heads.
//
// Grid (ceil(latent / 32), 1), block (8, 64): a block takes 32 columns of both heads in all rows,
// so that column sums have a fixed order. Without a bias gradient the grid may have more in y.
// Shared memory 8192 bytes, static.
// Bytes: rows x latent x 28.

#include "column_sum.cuh"
#include "posterior.cuh"
#include "step_state.cuh"

extern "C" __global__ void reparameterise_backward(const long long* words, int rows, int latent,
                                                   int head, const float* heads, const float* eps,
                                                   const float* sigma, const float* dz,
                                                   float* d_heads, float* bias_gradient) {
  bool vector = aligned(heads, latent) && aligned(eps) && aligned(sigma) && aligned(dz) &&
                aligned(d_heads) && aligned(bias_gradient);
  float weight = static_cast<float>(number(words, KL_WEIGHT));
  int column = 4 * (blockIdx.x * STRIP_QUADS + threadIdx.x);
  int count = latent - column;
  Quad meanSum = {0, 0, 0, 0};
  Quad secondSum = {0, 0, 0, 0};
  if (count > 0) {
    for (int row = blockIdx.y * STRIP_ROWS + threadIdx.y; row < rows;
         row += gridDim.y * STRIP_ROWS) {
      long long at = static_cast<long long>(row) * latent + column;
      long long mean = at + static_cast<long long>(row) * latent;
      Quad mu = load(heads + mean, count, vector);
      Quad second = load(heads + mean + latent, count, vector);
      Quad noise = load(eps + at, count, vector);
      Quad deviation = load(sigma + at, count, vector);
      Quad d = load(dz + at, count, vector);
#pragma unroll
      for (int i = 0; i < 4; i++) {
        mu.at[i] = fmaf(weight, mu.at[i], d.at[i]);
        second.at[i] = posteriorSecondGradient(head, second.at[i], deviation.at[i],
                                               d.at[i] * noise.at[i], weight);
      }
      store(d_heads + mean, mu, count, vector);
      store(d_heads + mean + latent, second, count, vector);
      add(meanSum, mu);
      add(secondSum, second);
    }
  }
  if (bias_gradient != nullptr) {
    meanSum = stripSum(meanSum);
    secondSum = stripSum(secondSum);
    if (threadIdx.y == 0 && count > 0) {
      store(bias_gradient + column, meanSum, count, vector);
      store(bias_gradient + latent + column, secondSum, count, vector);
    }
  }
}
