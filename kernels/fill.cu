// Every element = value (Backend.fill).
//
// Grid min(ceil(count / 1024), 65535), block 256. No shared memory.
// Bytes: 4 x count.

#include "flat.cuh"

extern "C" __global__ void fill(long long count, float value, float* destination) {
  forEachQuad(count, aligned(destination), [&](long long i, int left, bool vector) {
    store(destination + i, every(value), left, vector);
  });
}
