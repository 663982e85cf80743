// The primary context, and which context is a thread's current one.
#include "driver/inject.h"
#include "driver/state.h"

using namespace softcuda;

namespace {

void destroyPrimary(Driver& d) {
  d.primary = nullptr;
  d.primaryHandle = nullptr;
  d.primaryReferences = 0;
}

bool known(CUcontext handle) { return handle && handle == driver().primaryHandle; }

}  // namespace

SOFTCUDA_EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext* handle, CUdevice device) {
  return withDriver([&]() -> CUresult {
    if (!handle) return CUDA_ERROR_INVALID_VALUE;
    if (device != 0) return CUDA_ERROR_INVALID_DEVICE;
    Driver& d = driver();
    if (!d.primary) {
      d.primary = std::make_unique<Context>(deviceMemoryBytes());
      d.primaryHandle = reinterpret_cast<CUcontext>(nextHandle());
    }
    d.primaryReferences++;
    *handle = d.primaryHandle;
    return CUDA_SUCCESS;
  });
}

// A release that tells an error, as of work before, has released all the same.
SOFTCUDA_EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  return withDriver(
      [&]() -> CUresult {
        if (device != 0) return CUDA_ERROR_INVALID_DEVICE;
        Driver& d = driver();
        if (d.primaryReferences == 0) return CUDA_ERROR_INVALID_CONTEXT;
        if (--d.primaryReferences == 0) destroyPrimary(d);
        return static_cast<CUresult>(injected("cuDevicePrimaryCtxRelease_v2"));
      },
      "softcuda");
}

SOFTCUDA_EXPORT CUresult cuDevicePrimaryCtxReset_v2(CUdevice device) {
  return withDriver([&]() -> CUresult {
    if (device != 0) return CUDA_ERROR_INVALID_DEVICE;
    destroyPrimary(driver());
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned* flags, int* active) {
  return withDriver([&]() -> CUresult {
    if (device != 0) return CUDA_ERROR_INVALID_DEVICE;
    if (!flags || !active) return CUDA_ERROR_INVALID_VALUE;
    *flags = driver().primaryFlags;
    *active = driver().primary != nullptr;
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned flags) {
  return withDriver([&]() -> CUresult {
    if (device != 0) return CUDA_ERROR_INVALID_DEVICE;
    driver().primaryFlags = flags;
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuCtxSetCurrent(CUcontext handle) {
  return withDriver([&]() -> CUresult {
    if (handle && !known(handle)) return CUDA_ERROR_INVALID_CONTEXT;
    if (!contextStack().empty()) contextStack().pop_back();
    if (handle) contextStack().push_back(handle);
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuCtxPushCurrent_v2(CUcontext handle) {
  return withDriver([&]() -> CUresult {
    if (!known(handle)) return CUDA_ERROR_INVALID_CONTEXT;
    contextStack().push_back(handle);
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuCtxPopCurrent_v2(CUcontext* handle) {
  return withDriver([&]() -> CUresult {
    if (contextStack().empty()) return CUDA_ERROR_INVALID_CONTEXT;
    if (handle) *handle = contextStack().back();
    contextStack().pop_back();
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuCtxGetCurrent(CUcontext* handle) {
  return withDriver([&]() -> CUresult {
    if (!handle) return CUDA_ERROR_INVALID_VALUE;
    *handle = contextStack().empty() ? nullptr : contextStack().back();
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuCtxGetDevice(CUdevice* device) {
  return withContext([&](Context&) {
    if (!device) return CUDA_ERROR_INVALID_VALUE;
    *device = 0;
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuCtxGetApiVersion(CUcontext handle, unsigned* version) {
  return withDriver([&]() -> CUresult {
    if (handle && !known(handle)) return CUDA_ERROR_INVALID_CONTEXT;
    if (!version) return CUDA_ERROR_INVALID_VALUE;
    *version = 3020;
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuCtxGetStreamPriorityRange(int* least, int* greatest) {
  return withContext([&](Context&) {
    if (least) *least = 0;
    if (greatest) *greatest = 0;
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuCtxSynchronize(void) {
  return withContext([&](Context& context) -> CUresult {
    CUresult result = CUDA_SUCCESS;
    for (auto& weak : context.captures) {
      auto capture = weak.lock();
      if (!capture) continue;
      capture->invalid = true;
      result = CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    return result ? result : finishAll(context);
  });
}
