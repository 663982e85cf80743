// Allocation on the device and of pinned memory.
#include <cstdlib>

#include "driver/state.h"

using namespace softcuda;

namespace {

constexpr char kAllocated[] = "cuMemAlloc";

// Whether an allocation of a program's, not a module's variable, begins at the address.
bool isAllocated(Context& context, CUdeviceptr address) {
  Allocation* a = context.memory.find(address);
  return a && a->base == address && !a->freed && a->what == kAllocated;
}

CUresult allocateHost(void** place, size_t bytes, const char* call = __builtin_FUNCTION()) {
  return withContext(
      [&](Context& context) -> CUresult {
        if (!place || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
        if (CUresult result = refuseInCapture(context)) return result;
        *place = nullptr;
        void* made = nullptr;
        if (posix_memalign(&made, 4096, bytes) != 0) return CUDA_ERROR_OUT_OF_MEMORY;
        context.pinned[reinterpret_cast<uint64_t>(made)] = {bytes, ++context.pinnedCount};
        *place = made;
        return CUDA_SUCCESS;
      },
      call);
}

}  // namespace

SOFTCUDA_EXPORT CUresult cuMemAlloc_v2(CUdeviceptr* address, size_t bytes) {
  return withContext([&](Context& context) -> CUresult {
    if (!address || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult result = refuseInCapture(context)) return result;
    *address = context.memory.allocate(bytes, kAllocated);
    return *address ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
  });
}

SOFTCUDA_EXPORT CUresult cuMemFree_v2(CUdeviceptr address) {
  return withContext([&](Context& context) -> CUresult {
    if (address == 0) return CUDA_SUCCESS;
    if (CUresult result = refuseInCapture(context)) return result;
    if (!isAllocated(context, address)) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult result = finishAll(context)) return result;
    return context.memory.release(address) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
  });
}

// The address can be used at once; the stream's order is for the memory's end.
SOFTCUDA_EXPORT CUresult cuMemAllocAsync(CUdeviceptr* address, size_t bytes, CUstream handle) {
  return withContext([&](Context& context) -> CUresult {
    Stream* stream = streamOf(context, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (!address || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
    if (stream->capture) return CUDA_ERROR_NOT_SUPPORTED;
    *address = context.memory.allocate(bytes, kAllocated);
    return *address ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
  });
}

SOFTCUDA_EXPORT CUresult cuMemFreeAsync(CUdeviceptr address, CUstream handle) {
  return withContext([&](Context& context) -> CUresult {
    Stream* stream = streamOf(context, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture) return CUDA_ERROR_NOT_SUPPORTED;
    if (!isAllocated(context, address)) return CUDA_ERROR_INVALID_VALUE;
    give(context, *stream, [&context, address] {
      return context.memory.release(address) ? CUDA_SUCCESS : CUDA_ERROR_ILLEGAL_ADDRESS;
    });
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuMemGetInfo_v2(size_t* free, size_t* total) {
  return withContext([&](Context& context) -> CUresult {
    if (!free || !total) return CUDA_ERROR_INVALID_VALUE;
    *total = context.memory.total();
    *free = context.memory.total() - context.memory.used();
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuMemGetAddressRange_v2(CUdeviceptr* base, size_t* bytes,
                                                 CUdeviceptr address) {
  return withContext([&](Context& context) -> CUresult {
    Allocation* a = context.memory.find(address);
    if (!a || a->freed) return CUDA_ERROR_NOT_FOUND;
    if (base) *base = a->base;
    if (bytes) *bytes = a->bytes;
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuMemAllocHost_v2(void** place, size_t bytes) {
  return allocateHost(place, bytes);
}

SOFTCUDA_EXPORT CUresult cuMemHostAlloc(void** place, size_t bytes, unsigned flags) {
  if (flags & ~7u) return CUDA_ERROR_INVALID_VALUE;
  if (flags & 2) return CUDA_ERROR_NOT_SUPPORTED;  // mapped into the device's addresses
  return allocateHost(place, bytes);
}

SOFTCUDA_EXPORT CUresult cuMemFreeHost(void* place) {
  return withContext([&](Context& context) -> CUresult {
    if (CUresult result = refuseInCapture(context)) return result;
    if (context.pinned.erase(reinterpret_cast<uint64_t>(place)) == 0)
      return CUDA_ERROR_INVALID_VALUE;
    std::free(place);
    return CUDA_SUCCESS;
  });
}
