// Activations and their derivatives: gpuvae.backend.Activation. The function is the same for a
// whole launch, so that no warp diverges on it.
#pragma once

#include "functions.cuh"
#include "quad.cuh"

/// Ordinals of gpuvae.backend.Activation.Kind.
enum Activation {
  IDENTITY = 0,
  RELU = 1,
  LEAKY_RELU = 2,
  SOFTPLUS = 3,
  SIGMOID = 4,
  TANH = 5,
  SILU = 6
};

__device__ inline float activate(int kind, float slope, float x) {
  switch (kind) {
    case RELU:
      return positivePart(x);
    case LEAKY_RELU:
      return x > 0 ? x : slope * x;
    case SOFTPLUS:
      return softplus(x);
    case SIGMOID:
      return sigmoid(x);
    case TANH:
      return tanhf(x);
    case SILU:
      return x * sigmoid(x);
    default:
      return x;
  }
}

/// The derivative, from the output; SiLU's from the input.
__device__ inline float activationSlope(int kind, float slope, float x) {
  switch (kind) {
    case RELU:
      return x > 0 ? 1 : 0;
    case LEAKY_RELU:
      return x > 0 ? 1 : slope;
    case SOFTPLUS:
      return -expm1f(-x);
    case SIGMOID:
      return x * (1 - x);
    case TANH:
      return (1 - x) * (1 + x);
    case SILU:
      return sigmoid(x) * (1 + x * sigmoid(-x));
    default:
      return 1;
  }
}

/// The derivative, from the input of any.
__device__ inline float activationSlopeAtInput(int kind, float slope, float x) {
  return activationSlope(kind, slope, kind == SILU ? x : activate(kind, slope, x));
}
