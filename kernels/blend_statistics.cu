// Running statistics follow those of a batch (Backend.blendStatistics):
//   running = (1 - momentum) running + momentum batch, if ACCEPTED; else nothing changes.
//
// Grid min(ceil(count / 1024), 65535), block 256. No shared memory.
// Bytes: 12 x count.

#include "flat.cuh"
#include "step_state.cuh"

extern "C" __global__ void blend_statistics(const long long* words, float momentum, long long count,
                                            const float* batch, float* running) {
  if (words[ACCEPTED] == 0) {
    return;
  }
  float keep = static_cast<float>(1 - static_cast<double>(momentum));
  forEachQuad(count, aligned(batch) && aligned(running), [&](long long i, int left, bool vector) {
    Quad now = load(batch + i, left, vector);
    Quad value = load(running + i, left, vector);
#pragma unroll
    for (int k = 0; k < 4; k++) {
      value.at[k] = fmaf(momentum, now.at[k], keep * value.at[k]);
    }
    store(running + i, value, left, vector);
  });
}
