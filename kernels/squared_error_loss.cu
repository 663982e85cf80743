// Squared error and its gradient with respect to pre (Backend.squaredErrorLoss):
//   per_row[r] = sum over c of (y - x)^2, gradient = 2 (y - x) output'(pre), y = output(pre).
// output is the identity or the sigmoid. gradient may be pre, or 0 for none.
//
// Grid min(rows, 65535), block 256: a block takes a row. Shared memory 32 bytes, static.
// Bytes: rows x columns x 12, or 8 without gradient.

#include "loss.cuh"

extern "C" __global__ void squared_error_loss(int rows, int columns, const float* pre, int output,
                                              const float* target, float* gradient,
                                              float* per_row) {
  bool squash = output == SIGMOID;
  rowLosses(rows, columns, pre, target, gradient, per_row,
            [squash](float y, float x) { return squaredErrorTerm(squash, y, x); });
}
