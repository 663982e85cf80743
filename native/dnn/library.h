// What the files of libcudnn share: statuses, handles, descriptors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "driver/registry.h"
#include "include/softcuda.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace softcuda::dnn {

enum Status {
  kSuccess = 0,
  kNotInitialized = 1001,
  kBadParam = 2000,
  kNotSupported = 3000,
  kAllocFailed = 4004,
  kExecutionFailed = 5000,
};

enum Format { kNchw, kNhwc, kVectorised };
enum Type { kFloat, kDouble, kHalf, kInt8, kInt32, kInt8x4, kUint8, kUint8x4, kInt8x32, kBfloat16 };

// n, c, h, w of a tensor; output channels, input channels, h, w of a filter. 0 while not set.
struct Shape {
  int type, format;
  int extent[4];
};
struct Tensor : Shape {};
struct Filter : Shape {};

struct Convolution {
  int pad[2], stride[2], dilation[2];  // vertical, horizontal
  int mode, type, mathType;
};

struct Handle {
  void* stream = nullptr;
};

struct Library {
  std::mutex mutex;
  Registry<void*, Handle> handles;
  Registry<void*, Tensor> tensors;
  Registry<void*, Filter> filters;
  Registry<void*, Convolution> convolutions;
};
Library& library();

// How every function begins: with a status to answer on demand, and the lock. `call` is the
// exported function.
template <class Body>
int locked(Body body, const char* call = __builtin_FUNCTION()) {
  if (int status = softcudaCall(call)) return status;
  std::lock_guard lock(library().mutex);
  return body();
}

template <class Object>
int create(Registry<void*, Object>& all, void** made, const char* call = __builtin_FUNCTION()) {
  return locked(
      [&]() -> int {
        if (!made) return kBadParam;
        *made = all.add(std::make_unique<Object>());
        return kSuccess;
      },
      call);
}

// None is no error, as in cuDNN.
template <class Object>
int destroy(Registry<void*, Object>& all, void* made, const char* call = __builtin_FUNCTION()) {
  return locked([&]() -> int { return !made || all.remove(made) ? kSuccess : kBadParam; }, call);
}

// Calls body with the object of a handle, which must be one.
template <class Object, class Body>
int with(Registry<void*, Object>& all, void* handle, Body body,
         const char* call = __builtin_FUNCTION()) {
  return locked(
      [&]() -> int {
        Object* found = all.find(handle);
        return found ? body(*found) : kBadParam;
      },
      call);
}

}  // namespace softcuda::dnn
