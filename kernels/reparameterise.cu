// Samples the posterior (Backend.reparameterise):
//   sigma from the second head, z = mu + sigma eps, kl[r] = KL divergence of the row, nats.
// eps is drawn (draw != 0) from Philox and written, or read. heads is [rows, 2 latent], mu first;
// with a bias (else 0) it becomes heads + bias first: the GEMM before needs no bias kernel then.
//
// Grid min(ceil(rows / 8), 65535), block 256: a warp takes a row; its lanes' shares of the KL are
// added as a tree. No shared memory.
// Bytes: rows x latent x 20, and 8 where a bias is added.

#include "normal.cuh"
#include "posterior.cuh"
#include "reduce.cuh"

extern "C" __global__ void reparameterise(const long long* words, int rows, int latent, int head,
                                          float* heads, const float* bias, int draw, float* eps,
                                          float* sigma, float* z, float* kl) {
  bool vector =
      aligned(heads, latent) && aligned(bias) && aligned(eps) && aligned(sigma) && aligned(z);
  NoiseStream stream = noiseStream(words);
  int warps = blockDim.x / WARP;
  int lane = threadIdx.x % WARP;
  for (int row = blockIdx.x * warps + threadIdx.x / WARP; row < rows; row += gridDim.x * warps) {
    float twiceKl = 0;
    for (int column = 4 * lane; column < latent; column += 4 * WARP) {
      int count = latent - column;
      long long at = static_cast<long long>(row) * latent + column;
      float* meanAt = heads + at + static_cast<long long>(row) * latent;
      Quad mu = load(meanAt, count, vector);
      Quad second = load(meanAt + latent, count, vector);
      if (bias != nullptr) {
        add(mu, load(bias + column, count, vector));
        add(second, load(bias + latent + column, count, vector));
        store(meanAt, mu, count, vector);
        store(meanAt + latent, second, count, vector);
      }
      Quad noise;
      if (draw) {
        noise = normals(stream, row, column);
        store(eps + at, noise, count, vector);
      } else {
        noise = load(eps + at, count, vector);
      }
      Quad deviation, sample;
#pragma unroll
      for (int i = 0; i < 4; i++) {
        deviation.at[i] = posteriorSigma(head, second.at[i]);
        sample.at[i] = fmaf(deviation.at[i], noise.at[i], mu.at[i]);
        if (i < count) {
          twiceKl += posteriorTwiceKl(head, mu.at[i], second.at[i], deviation.at[i]);
        }
      }
      store(sigma + at, deviation, count, vector);
      store(z + at, sample, count, vector);
    }
    twiceKl = warpSum(twiceKl);
    if (lane == 0) {
      kl[row] = 0.5f * twiceKl;
    }
  }
}
