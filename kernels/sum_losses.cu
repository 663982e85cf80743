// The batch's losses (Backend.sumLosses): RECONSTRUCTION and KL = sums over the rows, in row order,
// in double precision; KL = 0 without kl (0).
//
// Grid 1, block 256. Shared memory 4096 bytes, static.
// Bytes: 8 x rows.

#include "row_sums.cuh"

extern "C" __global__ void sum_losses(long long* words, int rows, const float* reconstruction,
                                      const float* kl) {
  sumRows(words, rows, reconstruction, kl, threadIdx.x, blockDim.x);
}
