// The words of gpuvae.backend.StepState and the fields of its ring: a test compares the numbers.
#pragma once

enum Word {
  SEED = 0,
  ATTEMPT = 1,
  STEP = 2,
  BETA1_POWER = 3,
  BETA2_POWER = 4,
  LEARNING_RATE = 5,
  KL_WEIGHT = 6,
  ROW_BASE = 7,
  POSITION = 8,
  SLOT = 9,
  PURPOSE = 10,
  SAMPLE = 11,
  ACCEPTED = 12,
  RECONSTRUCTION = 13,
  KL = 14,
  GRADIENT_SQUARES = 15,
  TOTAL_RECONSTRUCTION = 16,
  TOTAL_KL = 17,
  TOTAL_ROWS = 18,
  TOTAL_REFUSED = 19,
  REFUSED_IN_A_ROW = 20
};

constexpr int RING_SLOTS = 1024;
constexpr int RING_FIELDS = 11;

/// A word that holds the bits of a double.
__device__ inline double number(const long long* words, Word word) {
  return __longlong_as_double(words[word]);
}

__device__ inline void setNumber(long long* words, Word word, double value) {
  words[word] = __double_as_longlong(value);
}
