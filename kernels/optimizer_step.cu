// The end of a step in one launch (Backend.optimizerStep): gradient_norm, adam and advance, with
// the same bits. Blocks of the first stage add the squares; those of the second wait for ACCEPTED,
// and the last of them advances the state, when all have read it.
//
// Grid min(ceil(count / 4096), 256) + min(ceil(count / 1024), 65000), block 256. Shared memory 128
// bytes, static. partial: 256 doubles; tickets: three ints, 0 before the first launch and after
// each.
// Bytes: 32 x count, gradients twice.

#include "adam.cuh"
#include "advance.cuh"
#include "gradient_norm.cuh"
#include "stages.cuh"

extern "C" __global__ void optimizer_step(long long* words, double* ring, double beta1,
                                          double beta2, double epsilon, double decay, double clip,
                                          int decoupled, int rows, long long count,
                                          float* parameters, const float* gradients, float* first,
                                          float* second, double* partial, unsigned* tickets) {
  unsigned shares = static_cast<unsigned>(min((count + 4095) / 4096, 256LL));
  unsigned updates = gridDim.x - shares;
  unsigned* stages = tickets;
  unsigned block = blockByStart(stages, gridDim.x);
  // Of the first stage only the block that has the whole sum counts as ended.
  if (block < shares) {
    if (gradientNorm(words, count, gradients, partial, &tickets[2], block, shares)) {
      endBlock(stages, 1 + updates);
    }
    return;
  }
  awaitBlocks(stages, 1);
  adamStep(words, beta1, beta2, epsilon, decay, clip, decoupled, count, parameters, gradients,
           first, second, block - shares, updates);
  if (endBlock(stages, 1 + updates) && threadIdx.x == 0) {
    advanceStep(words, ring, beta1, beta2, rows);
  }
}
