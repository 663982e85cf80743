// What describes tensors, filters and convolutions. Refusals and their statuses are those of cuDNN
// 9, with which the tests of the bindings compare them.
#include <algorithm>
#include <climits>
#include <initializer_list>

#include "dnn/convolution.h"

using namespace softcuda::dnn;

namespace {

bool anyBelow(int least, std::initializer_list<int> values) { return std::min(values) < least; }

// The statuses of a layout; cuDNN has vectorised channels for some types.
int checkLayout(int format, int type, bool vectorised) {
  if (type < kFloat || type > kBfloat16) return kBadParam;
  if (format == kVectorised) return vectorised ? kNotSupported : kBadParam;
  return format == kNchw || format == kNhwc ? kSuccess : kBadParam;
}

bool setAll(const Shape& shape, std::initializer_list<int*> places) {
  if (std::count(places.begin(), places.end(), nullptr) > 0) return false;
  const int* next = shape.extent;
  for (int* place : places) *place = *next++;
  return true;
}

}  // namespace

EXPORT int cudnnCreateTensorDescriptor(void** tensor) { return create(library().tensors, tensor); }

EXPORT int cudnnDestroyTensorDescriptor(void* tensor) { return destroy(library().tensors, tensor); }

EXPORT int cudnnSetTensor4dDescriptor(void* tensor, int format, int type, int n, int c, int h,
                                      int w) {
  return with(library().tensors, tensor, [&](Tensor& t) -> int {
    if (int status = checkLayout(format, type, type == kInt8x4 || type == kUint8x4)) return status;
    if (anyBelow(1, {n, c, h, w})) return kBadParam;
    if (double(n) * c * h * w > INT_MAX) return kNotSupported;
    t = {{type, format, {n, c, h, w}}};
    return kSuccess;
  });
}

EXPORT int cudnnGetTensor4dDescriptor(void* tensor, int* type, int* n, int* c, int* h, int* w,
                                      int* nStride, int* cStride, int* hStride, int* wStride) {
  return with(library().tensors, tensor, [&](Tensor& t) -> int {
    if (!type || !nStride || !cStride || !hStride || !wStride || !setAll(t, {n, c, h, w}))
      return kBadParam;
    *type = t.type;
    bool interleaved = t.format == kNhwc;
    *nStride = *c * *h * *w;
    *cStride = interleaved ? 1 : *h * *w;
    *hStride = interleaved ? *c * *w : *w;
    *wStride = interleaved ? *c : 1;
    return kSuccess;
  });
}

EXPORT int cudnnCreateFilterDescriptor(void** filter) { return create(library().filters, filter); }

EXPORT int cudnnDestroyFilterDescriptor(void* filter) { return destroy(library().filters, filter); }

EXPORT int cudnnSetFilter4dDescriptor(void* filter, int type, int format, int k, int c, int h,
                                      int w) {
  return with(library().filters, filter, [&](Filter& f) -> int {
    bool vectorised = type == kInt8x4 || type == kUint8x4 || type == kInt8x32;
    if (int status = checkLayout(format, type, vectorised)) return status;
    if (type == kInt32 || anyBelow(1, {k, c, h, w})) return kBadParam;
    f = {{type, format, {k, c, h, w}}};
    return kSuccess;
  });
}

EXPORT int cudnnGetFilter4dDescriptor(void* filter, int* type, int* format, int* k, int* c, int* h,
                                      int* w) {
  return with(library().filters, filter, [&](Filter& f) -> int {
    if (!type || !format || !setAll(f, {k, c, h, w})) return kBadParam;
    *type = f.type;
    *format = f.format;
    return kSuccess;
  });
}

EXPORT int cudnnCreateConvolutionDescriptor(void** convolution) {
  return create(library().convolutions, convolution);
}

EXPORT int cudnnDestroyConvolutionDescriptor(void* convolution) {
  return destroy(library().convolutions, convolution);
}

EXPORT int cudnnSetConvolution2dDescriptor(void* convolution, int padH, int padW, int strideH,
                                           int strideW, int dilationH, int dilationW, int mode,
                                           int type) {
  return with(library().convolutions, convolution, [&](Convolution& c) -> int {
    if (anyBelow(0, {padH, padW, mode}) || anyBelow(1, {strideH, strideW, dilationH, dilationW}))
      return kBadParam;
    bool known = type == kFloat || type == kDouble || type == kHalf || type == kInt32;
    if (mode > kCrossCorrelation || !known) return kBadParam;
    c = {{padH, padW}, {strideH, strideW}, {dilationH, dilationW}, mode, type, c.mathType};
    return kSuccess;
  });
}

EXPORT int cudnnGetConvolution2dDescriptor(void* convolution, int* padH, int* padW, int* strideH,
                                           int* strideW, int* dilationH, int* dilationW, int* mode,
                                           int* type) {
  return with(library().convolutions, convolution, [&](Convolution& c) -> int {
    if (!padH || !padW || !strideH || !strideW || !dilationH || !dilationW || !mode || !type)
      return kBadParam;
    *padH = c.pad[0];
    *padW = c.pad[1];
    *strideH = c.stride[0];
    *strideW = c.stride[1];
    *dilationH = c.dilation[0];
    *dilationW = c.dilation[1];
    *mode = c.mode;
    *type = c.type;
    return kSuccess;
  });
}

EXPORT int cudnnSetConvolutionMathType(void* convolution, int mathType) {
  return with(library().convolutions, convolution, [&](Convolution& c) -> int {
    if (mathType < 0 || mathType > kMostMathType) return kBadParam;
    c.mathType = mathType;
    return kSuccess;
  });
}

EXPORT int cudnnGetConvolutionMathType(void* convolution, int* mathType) {
  return with(library().convolutions, convolution, [&](Convolution& c) -> int {
    if (!mathType) return kBadParam;
    *mathType = c.mathType;
    return kSuccess;
  });
}

EXPORT int cudnnGetConvolution2dForwardOutputDim(void* convolution, void* input, void* filter,
                                                 int* n, int* c, int* h, int* w) {
  return with(library().convolutions, convolution, [&](Convolution& conv) -> int {
    const Tensor* x = library().tensors.find(input);
    const Filter* f = library().filters.find(filter);
    Tensor y;
    if (!x || !f || !outputOf(conv, *x, *f, y) || !setAll(y, {n, c, h, w})) return kBadParam;
    return kSuccess;
  });
}
