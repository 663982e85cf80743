// The host batch of this step (Backend.selectSlot): x = slots[SLOT], its first `count` floats.
//
// Grid min(ceil(count / 1024), 65535), block 256. No shared memory.
// Bytes: 8 x count.

#include "flat.cuh"
#include "step_state.cuh"

extern "C" __global__ void select_slot(const long long* words, const float* slots,
                                       long long slot_stride, long long count, float* x) {
  const float* from = slots + words[SLOT] * slot_stride;
  forEachQuad(count, aligned(from) && aligned(x), [&](long long i, int left, bool vector) {
    store(x + i, load(from + i, left, vector), left, vector);
  });
}
