// Copies and fills.
#include <cstring>

#include "check/report.h"
#include "driver/state.h"

using namespace softcuda;

namespace {

// Whether [address, address + bytes) lies in one living allocation.
bool inside(Context& context, CUdeviceptr address, size_t bytes) {
  Allocation* a = context.memory.find(address);
  return a && !a->freed && bytes <= a->end() - address;
}

uint8_t* device(CUdeviceptr address) { return reinterpret_cast<uint8_t*>(address); }

// A call on a stream, or a synchronous one, which uses the legacy stream. `waits` tells whether the
// call returns when its work is done.
struct Call {
  CUstream stream;
  bool sync;
  std::function<Task(Context&, Stream&)> make;
  std::function<bool(Context&, Stream&)> waits = [](Context&, Stream&) { return false; };
  CUgraphNodeType type = CU_GRAPH_NODE_TYPE_MEMCPY;
};

// Gives it to its stream after a check of its device ranges.
CUresult enqueue(const Call& copy, CUdeviceptr a, CUdeviceptr b, size_t bytes,
                 const char* call = __builtin_FUNCTION()) {
  return withContext(
      [&](Context& context) -> CUresult {
        Stream* stream = streamOf(context, copy.stream);
        if (!stream) return CUDA_ERROR_INVALID_HANDLE;
        if (bytes > 0 && ((a && !inside(context, a, bytes)) || (b && !inside(context, b, bytes))))
          return CUDA_ERROR_INVALID_VALUE;
        if (copy.sync) {
          if (CUresult result = refuseLegacyInCapture(context)) return result;
          if (CUresult result = refuseInCapture(context)) return result;
        }
        if (bytes == 0) return CUDA_SUCCESS;
        Step step{copy.make(context, *stream), copy.type};
        if (CUresult result = submit(context, *stream, std::move(step))) return result;
        return copy.waits(context, *stream) ? finish(context, *stream) : CUDA_SUCCESS;
      },
      call);
}

// The range may have been freed between capture and replay.
CUresult checkAlive(Context& context, CUdeviceptr address, size_t bytes) {
  return inside(context, address, bytes) ? CUDA_SUCCESS : CUDA_ERROR_ILLEGAL_ADDRESS;
}

// Pinned memory, which a copy uses when its turn comes, must be there then.
CUresult checkPinned(Context& context, const Pinned& block, const void* place) {
  const Pinned* now = pinnedAt(context, place);
  if (now && now->number == block.number) return CUDA_SUCCESS;
  addReport("a copy uses pinned memory #" + std::to_string(block.number) + " (" +
            std::to_string(block.bytes) + " bytes), which was freed before the copy was done");
  return CUDA_ERROR_ILLEGAL_ADDRESS;
}

// Whether the host memory is pageable, so that CUDA makes a copy of it or waits.
bool isPageable(Context& context, const Stream& stream, const void* place) {
  return streamsDeferred() && !stream.capture && !pinnedAt(context, place);
}

CUresult copyIn(CUdeviceptr to, const void* from, size_t bytes, CUstream stream, bool sync,
                const char* call = __builtin_FUNCTION()) {
  if ((!from || !to) && bytes > 0) return CUDA_ERROR_INVALID_VALUE;
  auto make = [=](Context& context, Stream& s) -> Task {
    std::shared_ptr<std::vector<uint8_t>> staged;
    if (isPageable(context, s, from)) {
      if (sync) finish(context, s);
      auto begin = static_cast<const uint8_t*>(from);
      staged = std::make_shared<std::vector<uint8_t>>(begin, begin + bytes);
    }
    const Pinned* block = pinnedAt(context, from);
    return [=, &context, pinned = block ? *block : Pinned()] {
      if (CUresult result = checkAlive(context, to, bytes)) return result;
      if (pinned.number)
        if (CUresult result = checkPinned(context, pinned, from)) return result;
      std::memcpy(device(to), staged ? staged->data() : from, bytes);
      context.memory.markWritten(to, bytes);
      return CUDA_SUCCESS;
    };
  };
  auto waits = [=](Context& context, Stream& s) { return sync && !isPageable(context, s, from); };
  return enqueue({stream, sync, make, waits}, to, 0, bytes, call);
}

CUresult copyOut(void* to, CUdeviceptr from, size_t bytes, CUstream stream, bool sync,
                 const char* call = __builtin_FUNCTION()) {
  if ((!from || !to) && bytes > 0) return CUDA_ERROR_INVALID_VALUE;
  auto make = [=](Context& context, Stream&) -> Task {
    const Pinned* block = pinnedAt(context, to);
    return [=, &context, pinned = block ? *block : Pinned()] {
      if (CUresult result = checkAlive(context, from, bytes)) return result;
      if (pinned.number)
        if (CUresult result = checkPinned(context, pinned, to)) return result;
      std::memcpy(to, device(from), bytes);
      return CUDA_SUCCESS;
    };
  };
  auto waits = [=](Context& context, Stream& s) { return sync || isPageable(context, s, to); };
  return enqueue({stream, sync, make, waits}, from, 0, bytes, call);
}

CUresult copyInside(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream, bool sync,
                    const char* call = __builtin_FUNCTION()) {
  if ((!from || !to) && bytes > 0) return CUDA_ERROR_INVALID_VALUE;
  auto make = [=](Context& context, Stream&) -> Task {
    return [=, &context] {
      if (CUresult result = checkAlive(context, to, bytes)) return result;
      if (CUresult result = checkAlive(context, from, bytes)) return result;
      std::memmove(device(to), device(from), bytes);
      context.memory.copyShadow(to, from, bytes);
      return CUDA_SUCCESS;
    };
  };
  return enqueue({stream, sync, make}, to, from, bytes, call);
}

template <class T>
CUresult fill(CUdeviceptr to, T value, size_t count, CUstream stream, bool sync,
              const char* call = __builtin_FUNCTION()) {
  if (to % sizeof(T) != 0 || (!to && count > 0)) return CUDA_ERROR_INVALID_VALUE;
  if (count > SIZE_MAX / sizeof(T)) return CUDA_ERROR_INVALID_VALUE;
  size_t bytes = count * sizeof(T);
  auto make = [=](Context& context, Stream&) -> Task {
    return [=, &context] {
      if (CUresult result = checkAlive(context, to, bytes)) return result;
      std::fill_n(reinterpret_cast<T*>(to), count, value);
      context.memory.markWritten(to, bytes);
      return CUDA_SUCCESS;
    };
  };
  Call filling{stream, sync, make};
  filling.type = CU_GRAPH_NODE_TYPE_MEMSET;
  return enqueue(filling, to, 0, bytes, call);
}

}  // namespace

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
