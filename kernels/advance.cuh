// The end of a step: Backend.advance.
#pragma once

#include "step_state.cuh"

__device__ inline void addNumber(long long* words, Word word, double value) {
  setNumber(words, word, number(words, word) + value);
}

/// One thread calls.
__device__ inline void advanceStep(long long* words, double* ring, double beta1, double beta2,
                                   int rows) {
  long long attempt = words[ATTEMPT];
  bool accepted = words[ACCEPTED] != 0;
  if (accepted) {
    addNumber(words, TOTAL_RECONSTRUCTION, number(words, RECONSTRUCTION));
    addNumber(words, TOTAL_KL, number(words, KL));
    words[TOTAL_ROWS] += rows;
    words[STEP] += 1;
    setNumber(words, BETA1_POWER, number(words, BETA1_POWER) * beta1);
    setNumber(words, BETA2_POWER, number(words, BETA2_POWER) * beta2);
    words[REFUSED_IN_A_ROW] = 0;
  } else {
    words[TOTAL_REFUSED] += 1;
    words[REFUSED_IN_A_ROW] += 1;
  }
  double* slot = ring + attempt % RING_SLOTS * RING_FIELDS;
  slot[0] = static_cast<double>(attempt);
  slot[1] = rows;
  slot[2] = number(words, RECONSTRUCTION);
  slot[3] = number(words, KL);
  slot[4] = number(words, GRADIENT_SQUARES);
  slot[5] = accepted;
  slot[6] = number(words, TOTAL_RECONSTRUCTION);
  slot[7] = number(words, TOTAL_KL);
  slot[8] = static_cast<double>(words[TOTAL_ROWS]);
  slot[9] = static_cast<double>(words[TOTAL_REFUSED]);
  slot[10] = static_cast<double>(words[REFUSED_IN_A_ROW]);
  words[ATTEMPT] = attempt + 1;
  words[POSITION] += rows;
}
