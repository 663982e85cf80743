// Gradient norm and whether the step is accepted (Backend.gradientNorm):
//   GRADIENT_SQUARES = sum of g^2, ACCEPTED = it, RECONSTRUCTION and KL are finite.
// A square of a float and its sum cannot overflow in double precision: the sum is finite if and
// only if every gradient is. Two stages of fixed order: each block adds its share to `partial`, the
// block that ends last adds those.
#pragma once

#include "flat.cuh"
#include "last_block.cuh"
#include "reduce.cuh"
#include "step_state.cuh"

constexpr int NORM_THREADS = 256;

/// The share of block `block` of `blocks`, at most 256, which are part of the order of the sum; all
/// its NORM_THREADS threads call. True in the block that has written the state.
__device__ inline bool gradientNorm(long long* words, long long count, const float* gradients,
                                    double* partial, unsigned* ticket, unsigned block,
                                    unsigned blocks) {
  double squares = 0;
  auto addSquares = [&](long long i, int left, bool vector) {
    Quad g = load(gradients + i, left, vector);
#pragma unroll
    for (int k = 0; k < 4; k++) {
      double value = g.at[k];
      squares = fma(value, value, squares);
    }
  };
  forEachQuad(count, aligned(gradients), addSquares, block, blocks);
  squares = blockSum<NORM_THREADS>(squares);
  if (threadIdx.x == 0) {
    partial[block] = squares;
  }
  if (!lastBlock(ticket, blocks)) {
    return false;
  }
  const volatile double* others = partial;
  squares = blockSum<NORM_THREADS>(threadIdx.x < blocks ? others[threadIdx.x] : 0.0);
  if (threadIdx.x == 0) {
    setNumber(words, GRADIENT_SQUARES, squares);
    words[ACCEPTED] =
        isfinite(squares) && isfinite(number(words, RECONSTRUCTION)) && isfinite(number(words, KL));
  }
  return true;
}
