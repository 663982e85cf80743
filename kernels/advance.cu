// Ends a step (Backend.advance): if ACCEPTED, the totals, STEP + 1 and the beta powers; always the
// ring's slot of ATTEMPT (attempt, rows, reconstruction, KL, squared gradient norm, accepted, the
// totals), ATTEMPT + 1, POSITION + rows.
//
// Grid 1, block 1. No shared memory.
// Bytes: some 300.

#include "advance.cuh"

extern "C" __global__ void advance(long long* words, double* ring, double beta1, double beta2,
                                   int rows) {
  advanceStep(words, ring, beta1, beta2, rows);
}
