// The second head of an encoder and the KL divergence from the standard normal prior:
// Backend.reparameterise (Kingma and Welling, "Auto-Encoding Variational Bayes", 2014, appendix B).
#pragma once

#include "functions.cuh"

/// Ordinals of gpuvae.backend.PosteriorHead.
enum PosteriorHead { LOG_VARIANCE = 0, SOFTPLUS_SIGMA = 1, RELU_SIGMA = 2 };

/// Standard deviation from the second head.
__device__ inline float posteriorSigma(int head, float second) {
  switch (head) {
    case LOG_VARIANCE:
      return expf(0.5f * second);
    case SOFTPLUS_SIGMA:
      return softplus(second);
    default:
      return positivePart(second) + 1e-6f;
  }
}

/// Twice the KL divergence of one latent, nats. expm1: with exp, two units of error in the last
/// place would move a batch's KL by 3e-5.
__device__ inline float posteriorTwiceKl(int head, float mu, float second, float sigma) {
  float spread =
      head == LOG_VARIANCE ? expm1f(second) - second : fmaf(sigma, sigma, -1) - 2 * logf(sigma);
  return fmaf(mu, mu, spread);
}

/// Gradient of loss + weight KL with respect to the second head; dSigma is that of the loss with
/// respect to sigma.
__device__ inline float posteriorSecondGradient(int head, float second, float sigma, float dSigma,
                                                float weight) {
  if (head == LOG_VARIANCE) {
    return 0.5f * fmaf(weight, expm1f(second), dSigma * sigma);
  }
  float whole = fmaf(weight, sigma - 1 / sigma, dSigma);
  if (head == SOFTPLUS_SIGMA) {
    return whole * -expm1f(-sigma);
  }
  return second <= 0 ? 0 : whole;
}
