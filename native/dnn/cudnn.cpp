// libcudnn.so.9: what answers without a device. A handle cannot be made.
#include <cstddef>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

enum Status { kSuccess = 0, kNotInitialized = 1001, kBadParam = 2000, kNotSupported = 3000 };
constexpr int kMajor = 9, kMinor = 0, kPatch = 0;

}  // namespace

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

EXPORT int cudnnCreate(void** handle) {
  if (handle) *handle = nullptr;
  return handle ? kNotInitialized : kBadParam;
}

EXPORT int cudnnDestroy(void* handle) { return handle ? kBadParam : kSuccess; }
