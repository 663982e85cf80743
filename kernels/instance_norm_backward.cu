// The gradient through instance norm (Backend.instanceNormBackward): in each plane, with
// d = dy activation' (in the place of dy) and hat = (x - mean) inverse,
//   dx = scale[c] inverse (d - mean of d - hat x mean of d hat),
//   scale_gradient[c] = sum of d hat, shift_gradient[c] = sum of d, over a channel's planes.
// Two stages of fixed order: each plane leaves its two sums in `partial`, and the last plane of a
// channel to be done adds them, by their order in the batch.
//
// Two entry points, grids and blocks as those of instance_norm. Shared memory 32768 bytes,
// static, 20 more in the second. partial: 2 x rows x channels floats; tickets: an int for each
// channel, 0 before the first launch and after each. operand: pre for SiLU, y for others; not read
// for the identity.
// Bytes: 4 x rows x channels x plane x 3, 2 more unless the activation is the identity: the least,
// but for planes that are not kept, of which dy and x are read twice.

#include "activation_gradient.cuh"
#include "normalisation.cuh"
#include "plane.cuh"

/// Of a value: d and hat.
using Normalised = Quads<2>;

template <int THREADS>
__device__ inline void instanceNormBackward(int planes, int channels, int size,
                                            const ActivationGradient& gradient, const float* x,
                                            const float* scale, const float* mean,
                                            const float* inverse, float* scaleGradient,
                                            float* shiftGradient, float* dx, float* partial,
                                            unsigned* tickets) {
  using Threads = Group<THREADS>;
  __shared__ KeptQuads<2> kept;
  Plane<THREADS, 2> plane = {size, kept};
  int rows = planes / channels;
  bool vector = aligned(x) && aligned(dx) && gradient.vectors(size);
  for (int p = Threads::first(); p < planes; p += Threads::all()) {
    long long at = static_cast<long long>(p) * size;
    int channel = p % channels;
    float center = mean[p];
    float spread = inverse[p];
    auto hat = [&](int i) {
      return normalised(load(x + at + i, size - i, vector), center, spread);
    };
    NormSums sums = {0, 0};
    plane.first(
        [&](int i) {
          return Normalised{gradient.apply(at + i, size - i, vector), hat(i)};
        },
        [&](int, const Normalised& q) { sums.add(q.of[0], q.of[1]); });
    sums = {Threads::sum(sums.products), Threads::sum(sums.total)};
    float factor = scale[channel] * spread;
    plane.again(
        [&](int i) {
          return Normalised{load(gradient.dy + at + i, size - i, vector), hat(i)};
        },
        [&](int i, const Normalised& q) {
          store(dx + at + i, sums.through(q.of[0], q.of[1], factor, size), size - i, vector);
        });
    float* own = partial + 2LL * channel * rows;
    if (Threads::thread() == 0) {
      own[2 * (p / channels)] = sums.products;
      own[2 * (p / channels) + 1] = sums.total;
    }
    if (Threads::last(tickets + channel, rows)) {
      const volatile float* all = own;
      sums = {0, 0};
      for (int row = Threads::thread(); row < rows; row += THREADS) {
        sums.products += all[2 * row];
        sums.total += all[2 * row + 1];
      }
      sums = {Threads::sum(sums.products), Threads::sum(sums.total)};
      if (Threads::thread() == 0) {
        scaleGradient[channel] = sums.products;
        shiftGradient[channel] = sums.total;
      }
    }
  }
}

extern "C" __global__ void instance_norm_backward(int planes, int channels, int plane,
                                                  int activation, float slope, const float* operand,
                                                  float* dy, const float* x, const float* scale,
                                                  const float* mean, const float* inverse,
                                                  float* scale_gradient, float* shift_gradient,
                                                  float* dx, float* partial, unsigned* tickets) {
  instanceNormBackward<WARP>(planes, channels, plane, {activation, slope, operand, dy}, x, scale,
                             mean, inverse, scale_gradient, shift_gradient, dx, partial, tickets);
}

extern "C" __global__ void instance_norm_backward_large(
    int planes, int channels, int plane, int activation, float slope, const float* operand,
    float* dy, const float* x, const float* scale, const float* mean, const float* inverse,
    float* scale_gradient, float* shift_gradient, float* dx, float* partial, unsigned* tickets) {
  instanceNormBackward<GROUP_BLOCK>(planes, channels, plane, {activation, slope, operand, dy}, x,
                                    scale, mean, inverse, scale_gradient, shift_gradient, dx,
                                    partial, tickets);
}
