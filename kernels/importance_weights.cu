// The importance-weighted bound (Backend.importanceWeights; Burda et al., "Importance Weighted
// Autoencoders", 2016), of row r with its samples s in rows r x samples + s:
//   ln w = -reconstruction + weight sum(1/2 (eps^2 - z^2) + ln sigma), weights = w / sum of w,
//   losses[r] = -ln(mean of w) - weight kl, divergences[r] = kl, that of the first sample.
// ln w is kept relative to the first sample's: as a float the whole would lose what weights differ
// by.
//
// Grid min(ceil(rows / 8), 65535), block 256: a warp takes a row, all its lanes a sample's latents;
// lane s % 32 keeps what belongs to sample s. No shared memory.
// Bytes: rows x samples x (latent x 12 + 16).

#include "reduce.cuh"
#include "step_state.cuh"

/// The greatest over a warp, all of whose lanes call: every lane's result. NaN is dropped.
__device__ inline float warpMost(float value) {
#pragma unroll
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    value = fmaxf(value, __shfl_xor_sync(0xFFFFFFFFu, value, distance));
  }
  return value;
}

extern "C" __global__ void importance_weights(const long long* words, int rows, int samples,
                                              int latent, const float* reconstruction,
                                              const float* kl, const float* eps, const float* sigma,
                                              const float* z, float* weights, float* losses,
                                              float* divergences) {
  double klWeight = number(words, KL_WEIGHT);
  int warps = blockDim.x / WARP;
  int lane = threadIdx.x % WARP;
  for (int row = blockIdx.x * warps + threadIdx.x / WARP; row < rows; row += gridDim.x * warps) {
    long long first = static_cast<long long>(row) * samples;
    double base = 0;
    float most = -__int_as_float(0x7F800000);
    for (int s = 0; s < samples; s++) {
      double ratio = 0;
      for (int column = lane; column < latent; column += WARP) {
        long long at = (first + s) * latent + column;
        double e = eps[at];
        double v = z[at];
        ratio += 0.5 * (e * e - v * v) + logf(sigma[at]);
      }
      double log = klWeight * laneSum<WARP>(ratio) - reconstruction[first + s];
      if (s == 0) {
        base = log;
      }
      if (s % WARP == lane) {
        float relative = static_cast<float>(log - base);
        weights[first + s] = relative;
        most = fmaxf(most, relative);
      }
    }
    most = warpMost(most);
    // Through expf a NaN that fmaxf dropped comes back.
    float sum = 0;
    for (int s = lane; s < samples; s += WARP) {
      sum += expf(weights[first + s] - most);
    }
    sum = laneSum<WARP>(sum);
    for (int s = lane; s < samples; s += WARP) {
      weights[first + s] = expf(weights[first + s] - most) / sum;
    }
    if (lane == 0) {
      double bound = base + most + logf(sum / samples);
      losses[row] = static_cast<float>(-bound - klWeight * kl[first]);
      divergences[row] = kl[first];
    }
  }
}
