// Mean and sum of squared differences from it in two passes, the second of which corrects the first
// (Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983, eq. 1.7): a mean
// far from 0 costs no accuracy.
#pragma once

#include "quad.cuh"

/// The second pass: sums of differences from a first mean, and of their squares.
struct Moments {
  float first;
  float differences;
  float squares;

  __device__ void add(const Quad& x, int count) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      float d = i < count ? x.at[i] - first : 0;
      differences += d;
      squares = fmaf(d, d, squares);
    }
  }

  /// What the first mean lacks; the sums are then of all `count` values.
  __device__ float correction(float count) const { return differences / count; }

  /// Sum of squared differences from the mean; NaN stays NaN.
  __device__ float spread(float count) const {
    float sum = squares - differences * (differences / count);
    return sum < 0 ? 0 : sum;
  }
};
