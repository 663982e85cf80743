// Bernoulli negative log-likelihood on logits l, and its gradient (Backend.bernoulliLoss):
//   per_row[r] = sum over c of max(l, 0) - l x + ln(1 + e^-|l|), gradient = sigmoid(l) - x.
// Never the logarithm of a sigmoid's output. gradient may be the logits, or 0 for none.
//
// Grid min(rows, 65535), block 256: a block takes a row. Shared memory 32 bytes, static.
// Bytes: rows x columns x 12, or 8 without gradient.

#include "loss.cuh"

extern "C" __global__ void bernoulli_loss(int rows, int columns, const float* logits,
                                          const float* target, float* gradient, float* per_row) {
  rowLosses(rows, columns, logits, target, gradient, per_row, bernoulliTerm);
}
