// The gradient through an activation.
#pragma once

#include "activation.cuh"

/// operand: what the derivative is of, pre for SiLU, y for all others; not read for the identity.
struct ActivationGradient {
  int activation;
  float slope;
  const float* operand;
  float* dy;

  /// Whether 16-byte accesses may begin at every fourth column of a row-major matrix.
  __device__ bool vectors(int columns) const { return aligned(dy, columns) && aligned(operand); }

  /// Four values of dy become those of the activation's input.
  __device__ Quad apply(long long at, int count, bool vector) const {
    Quad d = load(dy + at, count, vector);
    if (activation != IDENTITY) {
      multiply(d, at, count, vector);
      store(dy + at, d, count, vector);
    }
    return d;
  }

  /// What apply gives, but dy stays.
  __device__ Quad of(long long at, int count, bool vector) const {
    Quad d = load(dy + at, count, vector);
    if (activation != IDENTITY) {
      multiply(d, at, count, vector);
    }
    return d;
  }

  __device__ void multiply(Quad& d, long long at, int count, bool vector) const {
    Quad x = load(operand + at, count, vector);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      d.at[i] *= activationSlope(activation, slope, x.at[i]);
    }
  }
};
