// libcudnn: versions and handles.
#include "dnn/library.h"

using namespace softcuda::dnn;

namespace {

constexpr int kMajor = 9, kMinor = 0, kPatch = 0;

}  // namespace

Library& softcuda::dnn::library() {
  static Library* instance = new Library;
  return *instance;
}

EXPORT size_t cudnnGetVersion(void) { return kMajor * 10000 + kMinor * 100 + kPatch; }

EXPORT size_t cudnnGetCudartVersion(void) { return 13000; }

EXPORT const char* cudnnGetErrorString(int status) {
  switch (status) {
    case kSuccess:
      return "CUDNN_STATUS_SUCCESS";
    case kNotInitialized:
      return "CUDNN_STATUS_NOT_INITIALIZED";
    case kBadParam:
      return "CUDNN_STATUS_BAD_PARAM";
    case kNotSupported:
      return "CUDNN_STATUS_NOT_SUPPORTED";
    case kAllocFailed:
      return "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED";
    case kExecutionFailed:
      return "CUDNN_STATUS_EXECUTION_FAILED";
    default:
      return "CUDNN_UNKNOWN_STATUS";
  }
}

EXPORT int cudnnGetProperty(int property, int* value) {
  if (!value || property < 0 || property > 2) return kBadParam;
  const int values[] = {kMajor, kMinor, kPatch};
  *value = values[property];
  return kSuccess;
}

// Needs a context: the touch of nothing asks for it.
EXPORT int cudnnCreate(void** handle) {
  if (!handle) return kBadParam;
  *handle = nullptr;
  if (softcudaTouch("cudnnCreate", 0, 0, 0, 0, 0) != 0) return kNotInitialized;
  return create(library().handles, handle);
}

EXPORT int cudnnDestroy(void* handle) { return destroy(library().handles, handle); }

EXPORT int cudnnSetStream(void* handle, void* stream) {
  return with(library().handles, handle, [&](Handle& h) {
    h.stream = stream;
    return kSuccess;
  });
}

EXPORT int cudnnGetStream(void* handle, void** stream) {
  return with(library().handles, handle, [&](Handle& h) -> int {
    if (!stream) return kBadParam;
    *stream = h.stream;
    return kSuccess;
  });
}
