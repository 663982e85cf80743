// What the kernels around the latent variables share: a block of them takes four rows through
// layers whose weights it reads once, and keeps what lies between the layers in shared memory.
#pragma once

#include "quad.cuh"
#include "reduce.cuh"

constexpr int LATENT_THREADS = 512;
constexpr int LATENT_WARPS = LATENT_THREADS / WARP;
constexpr int LATENT_ROWS = 4;

/// The widest layers, and the most latent variables: what shared memory holds.
constexpr int WIDEST = 1024;
constexpr int MOST_LATENT = 128;

/// Row `row` of a matrix in shared memory, `from` a multiple of 4.
__device__ inline Quad shared(const float* row, int from) {
  float4 v = *reinterpret_cast<const float4*>(row + from);
  return {v.x, v.y, v.z, v.w};
}

/// Zeros where there are fewer than four.
__device__ inline void keep(float* row, int from, const Quad& q, int count) {
  *reinterpret_cast<float4*>(row + from) = make_float4(
      q.at[0], count > 1 ? q.at[1] : 0, count > 2 ? q.at[2] : 0, count > 3 ? q.at[3] : 0);
}

/// sum + a . b, in order.
__device__ inline float dot(const Quad& a, const Quad& b, float sum) {
#pragma unroll
  for (int i = 0; i < 4; i++) {
    sum = fmaf(a.at[i], b.at[i], sum);
  }
  return sum;
}
