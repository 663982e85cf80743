// Allocation, copies and fills.
#include <cstdlib>
#include <cstring>

#include "driver/state.h"

using namespace softcuda;

namespace {

// Whether [address, address + bytes) lies in one living allocation.
bool inside(Context& context, CUdeviceptr address, size_t bytes) {
  Allocation* a = context.memory.find(address);
  return a && !a->freed && bytes <= a->end() - address;
}

uint8_t* host(CUdeviceptr address) { return reinterpret_cast<uint8_t*>(address); }

// A task of a stream, after a check of its device range; sync calls use the legacy stream.
CUresult enqueue(CUstream handle, bool sync, CUdeviceptr a, CUdeviceptr b, size_t bytes,
                 const std::function<Task(Context&)>& make,
                 const char* call = __builtin_FUNCTION()) {
  return withContext(
      [&](Context& context) -> CUresult {
        Stream* stream = streamOf(context, handle);
        if (!stream) return CUDA_ERROR_INVALID_HANDLE;
        if (bytes > 0 && ((a && !inside(context, a, bytes)) || (b && !inside(context, b, bytes))))
          return CUDA_ERROR_INVALID_VALUE;
        if (sync) {
          if (CUresult result = refuseLegacyInCapture(context)) return result;
          if (CUresult result = refuseInCapture(context)) return result;
        }
        if (bytes == 0) return CUDA_SUCCESS;
        return submit(context, *stream, make(context));
      },
      call);
}

// The range may have been freed between capture and replay.
CUresult checkAlive(Context& context, CUdeviceptr address, size_t bytes) {
  return inside(context, address, bytes) ? CUDA_SUCCESS : CUDA_ERROR_ILLEGAL_ADDRESS;
}

CUresult copyIn(CUdeviceptr to, const void* from, size_t bytes, CUstream stream, bool sync,
                const char* call = __builtin_FUNCTION()) {
  if ((!from || !to) && bytes > 0) return CUDA_ERROR_INVALID_VALUE;
  return enqueue(
      stream, sync, to, 0, bytes,
      [=](Context& context) -> Task {
        return [=, &context] {
          if (CUresult result = checkAlive(context, to, bytes)) return result;
          std::memcpy(host(to), from, bytes);
          context.memory.markWritten(to, bytes);
          return CUDA_SUCCESS;
        };
      },
      call);
}

CUresult copyOut(void* to, CUdeviceptr from, size_t bytes, CUstream stream, bool sync,
                 const char* call = __builtin_FUNCTION()) {
  if ((!from || !to) && bytes > 0) return CUDA_ERROR_INVALID_VALUE;
  return enqueue(
      stream, sync, from, 0, bytes,
      [=](Context& context) -> Task {
        return [=, &context] {
          if (CUresult result = checkAlive(context, from, bytes)) return result;
          std::memcpy(to, host(from), bytes);
          return CUDA_SUCCESS;
        };
      },
      call);
}

CUresult copyInside(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream, bool sync,
                    const char* call = __builtin_FUNCTION()) {
  if ((!from || !to) && bytes > 0) return CUDA_ERROR_INVALID_VALUE;
  return enqueue(
      stream, sync, to, from, bytes,
      [=](Context& context) -> Task {
        return [=, &context] {
          if (CUresult result = checkAlive(context, to, bytes)) return result;
          if (CUresult result = checkAlive(context, from, bytes)) return result;
          std::memmove(host(to), host(from), bytes);
          context.memory.copyShadow(to, from, bytes);
          return CUDA_SUCCESS;
        };
      },
      call);
}

template <class T>
CUresult fill(CUdeviceptr to, T value, size_t count, CUstream stream, bool sync,
              const char* call = __builtin_FUNCTION()) {
  if (to % sizeof(T) != 0 || (!to && count > 0)) return CUDA_ERROR_INVALID_VALUE;
  if (count > SIZE_MAX / sizeof(T)) return CUDA_ERROR_INVALID_VALUE;
  size_t bytes = count * sizeof(T);
  return enqueue(
      stream, sync, to, 0, bytes,
      [=](Context& context) -> Task {
        return [=, &context] {
          if (CUresult result = checkAlive(context, to, bytes)) return result;
          std::fill_n(reinterpret_cast<T*>(to), count, value);
          context.memory.markWritten(to, bytes);
          return CUDA_SUCCESS;
        };
      },
      call);
}

CUresult allocateHost(void** place, size_t bytes, const char* call = __builtin_FUNCTION()) {
  return withContext(
      [&](Context& context) -> CUresult {
        if (!place || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
        if (CUresult result = refuseInCapture(context)) return result;
        *place = nullptr;
        void* made = nullptr;
        if (posix_memalign(&made, 4096, bytes) != 0) return CUDA_ERROR_OUT_OF_MEMORY;
        context.pinned[made] = bytes;
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
    *address = context.memory.allocate(bytes, "cuMemAlloc");
    return *address ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
  });
}

SOFTCUDA_EXPORT CUresult cuMemFree_v2(CUdeviceptr address) {
  return withContext([&](Context& context) -> CUresult {
    if (address == 0) return CUDA_SUCCESS;
    if (CUresult result = refuseInCapture(context)) return result;
    Allocation* a = context.memory.find(address);
    if (!a || a->what != "cuMemAlloc") return CUDA_ERROR_INVALID_VALUE;
    return context.memory.release(address) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
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
    if (context.pinned.erase(place) == 0) return CUDA_ERROR_INVALID_VALUE;
    std::free(place);
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t bytes) {
  return copyIn(to, from, bytes, nullptr, true);
}
SOFTCUDA_EXPORT CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes,
                                              CUstream stream) {
  return copyIn(to, from, bytes, stream, false);
}
SOFTCUDA_EXPORT CUresult cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t bytes) {
  return copyOut(to, from, bytes, nullptr, true);
}
SOFTCUDA_EXPORT CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes,
                                              CUstream stream) {
  return copyOut(to, from, bytes, stream, false);
}
SOFTCUDA_EXPORT CUresult cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  return copyInside(to, from, bytes, nullptr, true);
}
SOFTCUDA_EXPORT CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes,
                                              CUstream stream) {
  return copyInside(to, from, bytes, stream, false);
}
SOFTCUDA_EXPORT CUresult cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t count) {
  return fill<uint8_t>(to, value, count, nullptr, true);
}
SOFTCUDA_EXPORT CUresult cuMemsetD16_v2(CUdeviceptr to, unsigned short value, size_t count) {
  return fill<uint16_t>(to, value, count, nullptr, true);
}
SOFTCUDA_EXPORT CUresult cuMemsetD32_v2(CUdeviceptr to, unsigned value, size_t count) {
  return fill<uint32_t>(to, value, count, nullptr, true);
}
SOFTCUDA_EXPORT CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count,
                                         CUstream stream) {
  return fill<uint8_t>(to, value, count, stream, false);
}
SOFTCUDA_EXPORT CUresult cuMemsetD16Async(CUdeviceptr to, unsigned short value, size_t count,
                                          CUstream stream) {
  return fill<uint16_t>(to, value, count, stream, false);
}
SOFTCUDA_EXPORT CUresult cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count,
                                          CUstream stream) {
  return fill<uint32_t>(to, value, count, stream, false);
}
