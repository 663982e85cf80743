// The arithmetic of convolutions in float32: implicit products of matrices, image by image.
#pragma once

#include <cstddef>

namespace softcuda::dnn {

// Images of n x channels x extent, a filter of outputs x channels x window, results of n x outputs
// x result; [0] is vertical.
struct Geometry {
  int n, channels, outputs;
  int extent[2], window[2], stride[2], pad[2], result[2];
};

// out = alpha (what the names say) + beta out; with beta 0, out is not read. Sums are in an order
// of their own: that of `turn` 0 is the same for every call.
struct Scaling {
  float alpha, beta;
  unsigned turn;
};

// The scratch has as many floats as is said beside each.
size_t forwardScratch(const Geometry& geometry);
void forward(const Geometry& geometry, const float* x, const float* w, float* y, Scaling scaling,
             float* scratch);

size_t backwardDataScratch(const Geometry& geometry);
void backwardData(const Geometry& geometry, const float* w, const float* dy, float* dx,
                  Scaling scaling, float* scratch);

size_t backwardFilterScratch(const Geometry& geometry);
void backwardFilter(const Geometry& geometry, const float* x, const float* dy, float* dw,
                    Scaling scaling, float* scratch);

}  // namespace softcuda::dnn
