// destination = source (Backend.copy), `count` floats.
//
// Grid min(ceil(count / 1024), 65535), block 256. No shared memory.
// Bytes: 8 x count.

#include "flat.cuh"

extern "C" __global__ void copy(long long count, const float* source, float* destination) {
  forEachQuad(count, aligned(source) && aligned(destination),
              [&](long long i, int left, bool vector) {
                store(destination + i, load(source + i, left, vector), left, vector);
              });
}
