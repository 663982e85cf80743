// Gradient of the negative importance-weighted bound with respect to the heads of each sample's row
// (Backend.importanceBackward):
//   d = dz + weight z, d_mu = d, d_sigma = d eps - weight / sigma,
// and through sigma to the second head; weight = KL_WEIGHT x the row's.
//
// Grid (ceil(latent / 128), min(ceil(rows / 8), 65535)), block (32, 8). No shared memory.
// Bytes: rows x latent x 28.

#include "posterior.cuh"
#include "quad.cuh"
#include "step_state.cuh"

extern "C" __global__ void importance_backward(const long long* words, int rows, int latent,
                                               int head, const float* heads, const float* eps,
                                               const float* sigma, const float* z,
                                               const float* weights, const float* dz,
                                               float* d_heads) {
  bool vector = aligned(heads, latent) && aligned(eps) && aligned(sigma) && aligned(z) &&
                aligned(dz) && aligned(d_heads);
  float klWeight = static_cast<float>(number(words, KL_WEIGHT));
  int column = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
  int count = latent - column;
  if (count <= 0) {
    return;
  }
  for (int row = blockIdx.y * blockDim.y + threadIdx.y; row < rows; row += gridDim.y * blockDim.y) {
    float weight = klWeight * weights[row];
    long long at = static_cast<long long>(row) * latent + column;
    long long mean = at + static_cast<long long>(row) * latent;
    Quad second = load(heads + mean + latent, count, vector);
    Quad noise = load(eps + at, count, vector);
    Quad deviation = load(sigma + at, count, vector);
    Quad sample = load(z + at, count, vector);
    Quad d = load(dz + at, count, vector);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      d.at[i] = fmaf(weight, sample.at[i], d.at[i]);
      float dSigma = fmaf(d.at[i], noise.at[i], -weight / deviation.at[i]);
      second.at[i] = posteriorSecondGradient(head, second.at[i], deviation.at[i], dSigma, 0);
    }
    store(d_heads + mean, d, count, vector);
    store(d_heads + mean + latent, second, count, vector);
  }
}
