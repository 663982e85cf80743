// The three directions of a convolution: float32, NCHW, cross-correlation, one group, undilated;
// the rest is "not supported". Of each direction's algorithms two are there: number 0 needs no
// workspace, and its gradients are not deterministic, as cuDNN says of it; number 1 needs some and
// is deterministic.
#include "dnn/convolution.h"

#include <algorithm>
#include <atomic>
#include <climits>
#include <initializer_list>
#include <vector>

#include "dnn/correlate.h"

using namespace softcuda::dnn;

namespace {

constexpr int kImplemented = 2;
constexpr size_t kAlignment = 16;

// cudnnConvolution...AlgoPerf_t
struct Performance {
  int algorithm, status;
  float time;
  size_t memory;
  int deterministic, mathType, reserved[3];
};

using Run = void (*)(const Geometry&, const float*, const float*, float*, Scaling, float*);

struct Direction {
  const char* name;
  Run run;
  size_t (*scratch)(const Geometry&);
  int algorithms;
  bool zeroIsDeterministic;
  int order[kImplemented];  // of preference; what cannot always be used comes first
};
const Direction kForward = {"cudnn forward", forward, forwardScratch, 8, true, {1, 0}};
const Direction kBackwardData = {
    "cudnn backward data", backwardData, backwardDataScratch, 6, false, {0, 1}};
const Direction kBackwardFilter = {
    "cudnn backward filter", backwardFilter, backwardFilterScratch, 7, false, {0, 1}};

// The descriptors that a call names; x, y and w are also those of their gradients.
struct Descriptors {
  void *x, *w, *convolution, *y;
};

bool sameShape(const Shape& a, const Shape& b) {
  return std::equal(a.extent, a.extent + 4, b.extent);
}

int geometryOf(const Descriptors& d, Geometry& g, int* mathType = nullptr) {
  const Tensor *x = library().tensors.find(d.x), *y = library().tensors.find(d.y);
  const Filter* w = library().filters.find(d.w);
  const Convolution* c = library().convolutions.find(d.convolution);
  Tensor result;
  if (!x || !y || !w || !c || !outputOf(*c, *x, *w, result) || !sameShape(result, *y))
    return kBadParam;
  for (const Shape* shape :
       {static_cast<const Shape*>(x), static_cast<const Shape*>(y), static_cast<const Shape*>(w)})
    if (shape->type != kFloat || shape->format != kNchw) return kNotSupported;
  if (c->type != kFloat || c->mode != kCrossCorrelation) return kNotSupported;
  g = {x->extent[0], x->extent[1], w->extent[0], {}, {}, {}, {}, {}};
  double planes[2] = {double(g.channels), double(g.outputs)};
  for (int i = 0; i < 2; i++) {
    if (c->dilation[i] != 1) return kNotSupported;
    g.extent[i] = x->extent[2 + i];
    g.window[i] = w->extent[2 + i];
    g.stride[i] = c->stride[i];
    g.pad[i] = c->pad[i];
    g.result[i] = y->extent[2 + i];
    planes[0] *= (g.result[i] - 1.0) * g.stride[i] + g.window[i];
    planes[1] *= g.extent[i] + g.window[i] - 1.0;
  }
  if (std::max(planes[0], planes[1]) > INT_MAX) return kNotSupported;
  if (mathType) *mathType = c->mathType;
  return kSuccess;
}

size_t workspaceBytes(const Direction& direction, const Geometry& g, int algorithm) {
  size_t bytes = sizeof(float) * direction.scratch(g);
  return algorithm == 0 ? 0 : (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

int checkAlgorithm(const Direction& direction, int algorithm) {
  if (algorithm < 0 || algorithm >= direction.algorithms) return kBadParam;
  return algorithm < kImplemented ? kSuccess : kNotSupported;
}

int heuristics(const Direction& direction, void* handle, const Descriptors& d, int requested,
               int* returned, Performance* found, const char* call) {
  return with(
      library().handles, handle,
      [&](Handle&) -> int {
        if (requested < 1 || !returned || !found) return kBadParam;
        Geometry g;
        int mathType;
        if (int status = geometryOf(d, g, &mathType)) return status;
        *returned = std::min(requested, direction.algorithms);
        for (int i = 0; i < *returned; i++) {
          bool implemented = i < kImplemented;
          int algorithm = implemented ? direction.order[i] : i;
          found[i] = {algorithm,
                      implemented ? kSuccess : kNotSupported,
                      -1.0f,
                      implemented ? workspaceBytes(direction, g, algorithm) : 0,
                      algorithm > 0 || direction.zeroIsDeterministic,
                      mathType,
                      {}};
        }
        return kSuccess;
      },
      call);
}

int workspaceSize(const Direction& direction, void* handle, const Descriptors& d, int algorithm,
                  size_t* bytes, const char* call) {
  return with(
      library().handles, handle,
      [&](Handle&) -> int {
        if (!bytes) return kBadParam;
        Geometry g;
        if (int status = geometryOf(d, g)) return status;
        if (int status = checkAlgorithm(direction, algorithm)) return status;
        *bytes = workspaceBytes(direction, g, algorithm);
        return kSuccess;
      },
      call);
}

// In the order of the parameters.
struct Operands {
  const void *first, *second;
  void* result;
  size_t firstCount, secondCount, resultCount;
};

struct Request {
  const Direction* direction;
  Geometry geometry;
  Operands operands;
  Scaling scaling;
  bool deterministic;
  void* workspace;  // or null: then it is the library's own
  size_t workspaceBytes;
};

int touch(const char* who, const void* place, size_t bytes, int write) {
  return softcudaTouch(who, reinterpret_cast<uint64_t>(place), bytes, 1, bytes, write);
}

int run(const void* arguments) {
  Request r = *static_cast<const Request*>(arguments);
  const char* who = r.direction->name;
  const Operands& o = r.operands;
  if (int result = touch(who, o.first, sizeof(float) * o.firstCount, 0)) return result;
  if (int result = touch(who, o.second, sizeof(float) * o.secondCount, 0)) return result;
  if (r.scaling.beta != 0.0f)
    if (int result = touch(who, o.result, sizeof(float) * o.resultCount, 0)) return result;
  if (int result = touch("cudnn workspace", r.workspace, r.workspaceBytes, 1)) return result;
  if (int result = touch(who, o.result, sizeof(float) * o.resultCount, 1)) return result;
  static std::atomic<unsigned> calls = 0;
  if (!r.deterministic) r.scaling.turn = calls++ % 1024;
  std::vector<float> own(r.workspace ? 0 : r.direction->scratch(r.geometry));
  r.direction->run(r.geometry, static_cast<const float*>(o.first),
                   static_cast<const float*>(o.second), static_cast<float*>(o.result), r.scaling,
                   r.workspace ? static_cast<float*>(r.workspace) : own.data());
  return 0;
}

bool aligned(const void* place, size_t alignment) {
  return reinterpret_cast<uintptr_t>(place) % alignment == 0;
}

struct Call {
  const void *alpha, *beta;
  const void *first, *second;
  void* result;
  int algorithm;
  void* workspace;
  size_t workspaceBytes;
};

int convolve(const Direction& direction, void* handle, const Descriptors& d, const Call& c,
             const char* name) {
  return with(
      library().handles, handle,
      [&](Handle& h) -> int {
        if (!c.alpha || !c.beta || !c.first || !c.second || !c.result) return kBadParam;
        Request r = {};
        r.direction = &direction;
        Geometry& g = r.geometry;
        if (int status = geometryOf(d, g)) return status;
        if (int status = checkAlgorithm(direction, c.algorithm)) return status;
        for (const void* operand : {c.first, c.second, static_cast<const void*>(c.result)})
          if (!aligned(operand, sizeof(float))) return kBadParam;
        size_t needed = workspaceBytes(direction, g, c.algorithm);
        if (needed > 0) {
          bool enough = c.workspace && c.workspaceBytes >= needed;
          if (!enough || !aligned(c.workspace, kAlignment)) return kBadParam;
          r.workspace = c.workspace;
          r.workspaceBytes = needed;
        }
        size_t x = size_t(g.n) * g.channels * g.extent[0] * g.extent[1];
        size_t w = size_t(g.outputs) * g.channels * g.window[0] * g.window[1];
        size_t y = size_t(g.n) * g.outputs * g.result[0] * g.result[1];
        r.operands = {c.first, c.second, c.result, x, w, y};
        if (&direction == &kBackwardData) r.operands = {c.first, c.second, c.result, w, y, x};
        if (&direction == &kBackwardFilter) r.operands = {c.first, c.second, c.result, x, y, w};
        r.scaling = {*static_cast<const float*>(c.alpha), *static_cast<const float*>(c.beta), 0};
        r.deterministic = c.algorithm > 0 || direction.zeroIsDeterministic;
        return softcudaSubmit(h.stream, run, &r, sizeof r) == 0 ? kSuccess : kExecutionFailed;
      },
      name);
}

}  // namespace

EXPORT int cudnnGetConvolutionForwardAlgorithm_v7(void* handle, void* x, void* w, void* convolution,
                                                  void* y, int requested, int* returned,
                                                  Performance* found) {
  return heuristics(kForward, handle, {x, w, convolution, y}, requested, returned, found, __func__);
}

EXPORT int cudnnGetConvolutionBackwardDataAlgorithm_v7(void* handle, void* w, void* dy,
                                                       void* convolution, void* dx, int requested,
                                                       int* returned, Performance* found) {
  return heuristics(kBackwardData, handle, {dx, w, convolution, dy}, requested, returned, found,
                    __func__);
}

EXPORT int cudnnGetConvolutionBackwardFilterAlgorithm_v7(void* handle, void* x, void* dy,
                                                         void* convolution, void* dw, int requested,
                                                         int* returned, Performance* found) {
  return heuristics(kBackwardFilter, handle, {x, dw, convolution, dy}, requested, returned, found,
                    __func__);
}

EXPORT int cudnnGetConvolutionForwardWorkspaceSize(void* handle, void* x, void* w,
                                                   void* convolution, void* y, int algorithm,
                                                   size_t* bytes) {
  return workspaceSize(kForward, handle, {x, w, convolution, y}, algorithm, bytes, __func__);
}

EXPORT int cudnnGetConvolutionBackwardDataWorkspaceSize(void* handle, void* w, void* dy,
                                                        void* convolution, void* dx, int algorithm,
                                                        size_t* bytes) {
  return workspaceSize(kBackwardData, handle, {dx, w, convolution, dy}, algorithm, bytes, __func__);
}

EXPORT int cudnnGetConvolutionBackwardFilterWorkspaceSize(void* handle, void* x, void* dy,
                                                          void* convolution, void* dw,
                                                          int algorithm, size_t* bytes) {
  return workspaceSize(kBackwardFilter, handle, {x, dw, convolution, dy}, algorithm, bytes,
                       __func__);
}

EXPORT int cudnnConvolutionForward(void* handle, const void* alpha, void* xDescriptor,
                                   const void* x, void* wDescriptor, const void* w,
                                   void* convolution, int algorithm, void* workspace, size_t bytes,
                                   const void* beta, void* yDescriptor, void* y) {
  return convolve(kForward, handle, {xDescriptor, wDescriptor, convolution, yDescriptor},
                  {alpha, beta, x, w, y, algorithm, workspace, bytes}, __func__);
}

EXPORT int cudnnConvolutionBackwardData(void* handle, const void* alpha, void* wDescriptor,
                                        const void* w, void* yDescriptor, const void* dy,
                                        void* convolution, int algorithm, void* workspace,
                                        size_t bytes, const void* beta, void* xDescriptor,
                                        void* dx) {
  return convolve(kBackwardData, handle, {xDescriptor, wDescriptor, convolution, yDescriptor},
                  {alpha, beta, w, dy, dx, algorithm, workspace, bytes}, __func__);
}

EXPORT int cudnnConvolutionBackwardFilter(void* handle, const void* alpha, void* xDescriptor,
                                          const void* x, void* yDescriptor, const void* dy,
                                          void* convolution, int algorithm, void* workspace,
                                          size_t bytes, const void* beta, void* wDescriptor,
                                          void* dw) {
  return convolve(kBackwardFilter, handle, {xDescriptor, wDescriptor, convolution, yDescriptor},
                  {alpha, beta, x, dy, dw, algorithm, workspace, bytes}, __func__);
}
