// Instance norm (Backend.instanceNorm; Ulyanov et al., 2016) with what stands beside it:
//   pre = (x - mean) inverse scale[c] + shift[c] + residual, y = activation(pre),
// mean and inverse = 1 / sqrt(variance + 1e-5) of each plane of each image, which are written too.
// Images are [rows, channels, plane]. residual may be 0; pre is written unless it is y.
//
// Two entry points for any plane: instance_norm takes a warp for each, which keeps up to 1024
// values in shared memory, instance_norm_large a block, 4096. Grid min(ceil(planes / 4), 65535), or
// min(planes, 65535), planes = rows x channels; block 128. Shared memory 16384 bytes, static, 16
// more in the second.
// Bytes: 4 x rows x channels x plane x 2, 1 more with a residual and 1 where pre and y are two: the
// least, but for planes that are not kept, which are read three times.

#include "moments.cuh"
#include "normalisation.cuh"
#include "plane.cuh"

template <int THREADS>
__device__ inline void instanceNorm(int planes, int channels, int size, const float* x,
                                    const float* scale, const float* shift, float* mean,
                                    float* inverse, const NormOutput& output) {
  using Threads = Group<THREADS>;
  __shared__ KeptQuads<1> kept;
  Plane<THREADS, 1> plane = {size, kept};
  bool vector = aligned(x) && output.vectors(size);
  for (int p = Threads::first(); p < planes; p += Threads::all()) {
    long long at = static_cast<long long>(p) * size;
    auto fetch = [&](int i) { return Quads<1>{load(x + at + i, size - i, vector)}; };
    float sum = 0;
    plane.first(fetch, [&](int, const Quads<1>& q) { sum += total(q.of[0]); });
    Moments moments = {Threads::sum(sum) / size, 0, 0};
    plane.again(fetch, [&](int i, const Quads<1>& q) { moments.add(q.of[0], size - i); });
    moments.differences = Threads::sum(moments.differences);
    moments.squares = Threads::sum(moments.squares);
    float correction = moments.correction(size);
    float spread = 1 / sqrtf(moments.spread(size) / size + static_cast<float>(NORM_EPSILON));
    if (Threads::thread() == 0) {
      mean[p] = moments.first + correction;
      inverse[p] = spread;
    }
    float factor = spread * scale[p % channels];
    float offset = shift[p % channels];
    plane.again(fetch, [&](int i, const Quads<1>& q) {
      Quad difference = minus(minus(q.of[0], moments.first), correction);
      output.write(at + i, difference, factor, offset, size - i, vector);
    });
  }
}

extern "C" __global__ void instance_norm(int planes, int channels, int plane, const float* x,
                                         const float* scale, const float* shift,
                                         const float* residual, int activation, float slope,
                                         float* mean, float* inverse, float* pre, float* y) {
  instanceNorm<WARP>(planes, channels, plane, x, scale, shift, mean, inverse,
                     {residual, activation, slope, pre, y});
}

extern "C" __global__ void instance_norm_large(int planes, int channels, int plane, const float* x,
                                               const float* scale, const float* shift,
                                               const float* residual, int activation, float slope,
                                               float* mean, float* inverse, float* pre, float* y) {
  instanceNorm<GROUP_BLOCK>(planes, channels, plane, x, scale, shift, mean, inverse,
                            {residual, activation, slope, pre, y});
}
