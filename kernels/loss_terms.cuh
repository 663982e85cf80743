// One feature's loss and its derivative with respect to what the network gives:
// Backend.bernoulliLoss and Backend.squaredErrorLoss.
#pragma once

#include "activation.cuh"

struct Term {
  float loss;
  float gradient;
};

/// Bernoulli on a logit: max(l, 0) - l x + ln(1 + e^-|l|), nats, and sigmoid(l) - x.
__device__ inline Term bernoulliTerm(float logit, float target) {
  float e = expf(-fabsf(logit));
  float loss = positivePart(logit) - logit * target + log1pf(e);
  return {loss, (logit < 0 ? e : 1) / (1 + e) - target};
}

/// Squared error of y = pre, or sigmoid(pre) if squashed: (y - x)^2 and 2 (y - x) dy/dpre.
__device__ inline Term squaredErrorTerm(bool squashed, float pre, float target) {
  float y = squashed ? sigmoid(pre) : pre;
  float difference = y - target;
  float slope = squashed ? y * (1 - y) : 1;
  return {difference * difference, 2 * difference * slope};
}
