// Gradient norm and whether the step is accepted (Backend.gradientNorm):
//   GRADIENT_SQUARES = sum of g^2, ACCEPTED = it, RECONSTRUCTION and KL are finite.
// A square of a float and its sum cannot overflow in double precision: the sum is finite if and
// only if every gradient is. Two stages of fixed order: each block adds its share to `partial`, the
// block that ends last adds those.
//
// Grid min(ceil(count / 4096), 256): from the count alone, so that every device adds in one order;
// block 256. Shared memory 72 bytes, static. partial: 256 doubles; ticket: an int, 0 before the
// first launch and after each.
// Bytes: 4 x count.

#include "flat.cuh"
#include "last_block.cuh"
#include "reduce.cuh"
#include "step_state.cuh"

constexpr int THREADS = 256;

extern "C" __global__ void gradient_norm(long long* words, long long count, const float* gradients,
                                         double* partial, unsigned* ticket) {
  double squares = 0;
  forEachQuad(count, aligned(gradients), [&](long long i, int left, bool vector) {
    Quad g = load(gradients + i, left, vector);
#pragma unroll
    for (int k = 0; k < 4; k++) {
      double value = g.at[k];
      squares = fma(value, value, squares);
    }
  });
  squares = blockSum<THREADS>(squares);
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = squares;
  }
  if (!lastBlock(ticket, gridDim.x)) {
    return;
  }
  const volatile double* others = partial;
  squares = blockSum<THREADS>(threadIdx.x < gridDim.x ? others[threadIdx.x] : 0.0);
  if (threadIdx.x == 0) {
    setNumber(words, GRADIENT_SQUARES, squares);
    words[ACCEPTED] =
        isfinite(squares) && isfinite(number(words, RECONSTRUCTION)) && isfinite(number(words, KL));
  }
}
