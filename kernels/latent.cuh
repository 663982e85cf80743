// What the kernels around the latent variables share: a block of them takes four rows through
// layers whose weights it reads once, and keeps what lies between the layers in shared memory.
#pragma once

#include "activation.cuh"
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

/// The encoder's output, activation(product + bias), which is not kept.
struct EncoderOutput {
  const float* product;
  const float* bias;
  int activation;
  float slope;

  /// Whether 16-byte accesses may begin at every fourth column.
  __device__ bool vectors(int columns) const { return aligned(product, columns) && aligned(bias); }

  /// What the activation is of.
  __device__ float input(long long at, int column) const { return product[at] + bias[column]; }

  /// Four neighbouring values of a row, `at` the place of the first.
  __device__ Quad of(long long at, int column, int count, bool vector) const {
    Quad x = load(product + at, count, vector);
    add(x, load(bias + column, count, vector));
#pragma unroll
    for (int i = 0; i < 4; i++) {
      x.at[i] = activate(activation, slope, x.at[i]);
    }
    return x;
  }
};
