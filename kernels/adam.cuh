// Adam and AdamW over flat buffers (Backend.adam; Kingma and Ba, 2015; Loshchilov and Hutter, 2019;
// as PyTorch defines them), as step t = STEP + 1:
//   g *= min(1, clip / (sqrt(GRADIENT_SQUARES) + 1e-6)), clip is infinite for none,
//   g += decay p (Adam) or p *= 1 - rate decay (AdamW),
//   m += (1 - beta1) (g - m), v = beta2 v + (1 - beta2) g^2,
//   p -= rate / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon).
// If not ACCEPTED, nothing changes. What is the same for all elements is computed once a block, in
// double precision, and no other thread reads the state.
#pragma once

#include "flat.cuh"
#include "step_state.cuh"

/// What one step multiplies by.
struct AdamFactors {
  bool accepted;
  float first;
  float keepSecond;
  float second;
  float step;
  float rootCorrection;
  float epsilon;
  float clip;
  float gradientDecay;
  float shrink;
};

__device__ inline AdamFactors adamFactors(const long long* words, double beta1, double beta2,
                                          double epsilon, double decay, double clip,
                                          bool decoupled) {
  double rate = number(words, LEARNING_RATE);
  double power1 = number(words, BETA1_POWER) * beta1;
  double power2 = number(words, BETA2_POWER) * beta2;
  AdamFactors f;
  f.accepted = words[ACCEPTED] != 0;
  f.first = static_cast<float>(1 - beta1);
  f.keepSecond = static_cast<float>(beta2);
  f.second = static_cast<float>(1 - beta2);
  f.step = static_cast<float>(-rate / (1 - power1));
  f.rootCorrection = static_cast<float>(1 / sqrt(1 - power2));
  f.epsilon = static_cast<float>(epsilon);
  f.clip = static_cast<float>(fmin(1.0, clip / (sqrt(number(words, GRADIENT_SQUARES)) + 1e-6)));
  f.gradientDecay = decoupled ? 0 : static_cast<float>(decay);
  f.shrink = decoupled ? static_cast<float>(1 - rate * decay) : 1;
  return f;
}

__device__ inline void adamElement(const AdamFactors& f, float* p, float g, float* m, float* v) {
  g = fmaf(f.gradientDecay, *p, f.clip * g);
  *m = fmaf(f.first, g - *m, *m);
  *v = fmaf(f.second, g * g, f.keepSecond * *v);
  float root = fmaf(sqrtf(*v), f.rootCorrection, f.epsilon);
  *p = fmaf(f.step, *m / root, f.shrink * *p);
}

/// The share of block `block` of `blocks`; all its threads call.
__device__ inline void adamStep(const long long* words, double beta1, double beta2, double epsilon,
                                double decay, double clip, int decoupled, long long count,
                                float* parameters, const float* gradients, float* first,
                                float* second, unsigned block, unsigned blocks) {
  __shared__ AdamFactors shared;
  if (threadIdx.x == 0) {
    shared = adamFactors(words, beta1, beta2, epsilon, decay, clip, decoupled != 0);
  }
  __syncthreads();
  AdamFactors f = shared;
  if (!f.accepted) {
    return;
  }
  bool vector = aligned(parameters) && aligned(gradients) && aligned(first) && aligned(second);
  forEachQuad(
      count, vector,
      [&](long long i, int left, bool whole) {
        Quad p = load(parameters + i, left, whole);
        Quad g = load(gradients + i, left, whole);
        Quad m = load(first + i, left, whole);
        Quad v = load(second + i, left, whole);
#pragma unroll
        for (int k = 0; k < 4; k++) {
          adamElement(f, &p.at[k], g.at[k], &m.at[k], &v.at[k]);
        }
        store(parameters + i, p, left, whole);
        store(first + i, m, left, whole);
        store(second + i, v, left, whole);
      },
      block, blocks);
}
