// Two images become one (Backend.add): pre = x + residual, y = activation(pre). pre is written
// unless it is y, which may be x or residual.
//
// Grid min(ceil(count / 1024), 65535), block 256. No shared memory.
// Bytes: 12 x count, 16 where pre and y are two.

#include "activation.cuh"
#include "flat.cuh"

extern "C" __global__ void add_activation(long long count, const float* x, const float* residual,
                                          int activation, float slope, float* pre, float* y) {
  bool allowed = aligned(x) && aligned(residual) && aligned(pre) && aligned(y);
  forEachQuad(count, allowed, [&](long long i, int left, bool vector) {
    Quad sum = load(x + i, left, vector);
    add(sum, load(residual + i, left, vector));
    if (pre != y) {
      store(pre + i, sum, left, vector);
    }
#pragma unroll
    for (int k = 0; k < 4; k++) {
      sum.at[k] = activate(activation, slope, sum.at[k]);
    }
    store(y + i, sum, left, vector);
  });
}
