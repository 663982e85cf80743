#include "driver/state.h"

#include <cstdlib>
#include <new>

#include "driver/inject.h"

namespace softcuda {

// Never destroyed: other libraries may call while the process ends.
Driver& driver() {
  static Driver* instance = new Driver;
  return *instance;
}

uint64_t deviceMemoryBytes() {
  const char* asked = std::getenv("SOFTCUDA_MEMORY");
  uint64_t bytes = asked ? std::strtoull(asked, nullptr, 0) : 0;
  return bytes ? bytes : 8ull << 30;
}

void deviceCapability(int& major, int& minor) {
  const char* asked = std::getenv("SOFTCUDA_CAPABILITY");
  char dot = 0;
  major = 8;
  minor = 0;
  if (asked && asked[0] >= '5' && asked[0] <= '9') major = asked[0] - '0', dot = asked[1];
  if (asked && asked[0] == '1' && asked[1] >= '0' && asked[1] <= '9')
    major = 10 + asked[1] - '0', dot = asked[2];
  if (dot == '.') minor = asked[major >= 10 ? 3 : 2] - '0';
}

std::vector<CUcontext>& contextStack() {
  thread_local std::vector<CUcontext> stack;
  return stack;
}

Context::~Context() {
  for (auto& [place, block] : pinned) std::free(reinterpret_cast<void*>(place));
}

CUresult currentContext(Context*& context) {
  Driver& d = driver();
  if (contextStack().empty() || !contextStack().back()) return CUDA_ERROR_INVALID_CONTEXT;
  if (contextStack().back() != d.primaryHandle) return CUDA_ERROR_CONTEXT_IS_DESTROYED;
  context = d.primary.get();
  return CUDA_SUCCESS;
}

CUresult withDriver(const std::function<CUresult()>& body, const char* call) {
  Driver& d = driver();
  std::lock_guard lock(d.mutex);
  if (!d.initialised) return CUDA_ERROR_NOT_INITIALIZED;
  if (int status = injected(call)) return static_cast<CUresult>(status);
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  } catch (const std::exception&) {
    return CUDA_ERROR_UNKNOWN;
  }
}

CUresult withContext(const std::function<CUresult(Context&)>& body, const char* call) {
  return withDriver(
      [&] {
        Context* context = nullptr;
        if (CUresult result = currentContext(context)) return result;
        if (context->sticky) return context->sticky;
        return body(*context);
      },
      call);
}

const Pinned* pinnedAt(Context& context, const void* place) {
  auto address = reinterpret_cast<uint64_t>(place);
  auto after = context.pinned.upper_bound(address);
  if (after == context.pinned.begin()) return nullptr;
  auto block = std::prev(after);
  return address - block->first < block->second.bytes ? &block->second : nullptr;
}

Stream* streamOf(Context& context, CUstream handle) {
  auto number = reinterpret_cast<uintptr_t>(handle);
  if (number <= 1) return &context.defaultStream;
  if (number == 2) return &context.threadStream;
  return context.streams.find(handle);
}

}  // namespace softcuda
