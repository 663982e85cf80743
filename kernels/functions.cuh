// Elementary functions that neither overflow nor lose a NaN.
#pragma once

/// max(x, 0); NaN stays NaN, which fmaxf would drop.
__device__ inline float positivePart(float x) { return x <= 0 ? 0 : x; }

/// ln(1 + e^x).
__device__ inline float softplus(float x) { return positivePart(x) + log1pf(expf(-fabsf(x))); }

/// 1 / (1 + e^-x).
__device__ inline float sigmoid(float x) {
  float e = expf(-fabsf(x));
  return (x < 0 ? e : 1) / (1 + e);
}
