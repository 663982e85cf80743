// What instance norm and batch norm share: pre = (x - mean) inverse scale + shift + residual with
// inverse = 1 / sqrt(variance + NORM_EPSILON), and the gradient through it.
#pragma once

#include "activation.cuh"
#include "quad.cuh"

constexpr double NORM_EPSILON = 1e-5;

/// What becomes of normalised values. residual may be null; pre is written unless it is y.
struct NormOutput {
  const float* residual;
  int activation;
  float slope;
  float* pre;
  float* y;

  /// Whether 16-byte accesses may begin at every fourth value of a plane.
  __device__ bool vectors(int plane) const {
    return aligned(y, plane) && aligned(pre) && aligned(residual);
  }

  /// y = activation(pre), pre = difference x factor + shift + residual.
  __device__ void write(long long at, Quad difference, float factor, float shift, int count,
                        bool vector) const {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      difference.at[i] = fmaf(difference.at[i], factor, shift);
    }
    if (residual != nullptr) {
      add(difference, load(residual + at, count, vector));
    }
    if (pre != y) {
      store(pre + at, difference, count, vector);
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
      difference.at[i] = activate(activation, slope, difference.at[i]);
    }
    store(y + at, difference, count, vector);
  }
};

/// (x - mean) inverse.
__device__ inline Quad normalised(Quad x, float mean, float inverse) {
#pragma unroll
  for (int i = 0; i < 4; i++) {
    x.at[i] = (x.at[i] - mean) * inverse;
  }
  return x;
}

/// The sums that a gradient d goes through mean and variance by.
struct NormSums {
  float products;
  float total;

  /// Adds d hat and d; beyond the last value d is 0.
  __device__ void add(const Quad& d, const Quad& hat) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      products = fmaf(d.at[i], hat.at[i], products);
      total += d.at[i];
    }
  }

  /// Gradient of x, of `count` values normalised together:
  /// factor (d - mean of d - hat x mean of d hat).
  __device__ Quad through(Quad d, const Quad& hat, float factor, float count) const {
    float meanProduct = products / count;
    float mean = total / count;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      d.at[i] = factor * (fmaf(-hat.at[i], meanProduct, d.at[i]) - mean);
    }
    return d;
  }
};
