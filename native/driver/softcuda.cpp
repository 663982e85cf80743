// The calls of softcuda.h.
#include "include/softcuda.h"

#include <cstring>

#include "check/report.h"
#include "driver/inject.h"
#include "driver/state.h"
#include "exec/counters.h"
#include "exec/settings.h"

using namespace softcuda;

namespace {

softcudaCounters exported(const Counters& c) {
  return {c.launches,          c.warpInstructions, c.laneInstructions, c.branches,
          c.divergentBranches, c.bytesRead,        c.bytesWritten,     c.sectors,
          c.leastSectors,      c.memoryRead,       c.memoryWritten,    c.sharedAccesses,
          c.bankConflicts};
}

}  // namespace

SOFTCUDA_EXPORT int softcudaReportCount(void) { return reportCount(); }
SOFTCUDA_EXPORT const char* softcudaReport(int index) { return reportText(index); }
SOFTCUDA_EXPORT void softcudaClearReports(void) { clearReports(); }
SOFTCUDA_EXPORT int softcudaConfigure(const char* name, const char* value) {
  return name && value && configure(name, value);
}
SOFTCUDA_EXPORT uint64_t softcudaLaunches(void) { return driver().launches; }
SOFTCUDA_EXPORT uint64_t softcudaLaneInstructions(void) { return driver().laneInstructions; }

SOFTCUDA_EXPORT int softcudaDefer(uint64_t seed) {
  std::lock_guard lock(driver().mutex);
  CUresult result = driver().primary ? finishAll(*driver().primary) : CUDA_SUCCESS;
  deferStreams(seed);
  return result;
}

SOFTCUDA_EXPORT void softcudaFail(const char* calls, uint64_t n, int status) {
  std::lock_guard lock(driver().mutex);
  arm(calls, n, status);
}

SOFTCUDA_EXPORT uint64_t softcudaCalls(void) {
  std::lock_guard lock(driver().mutex);
  return callsSinceArmed();
}

SOFTCUDA_EXPORT const char* softcudaFailed(void) {
  std::lock_guard lock(driver().mutex);
  return failedCall();
}

SOFTCUDA_EXPORT int softcudaCall(const char* function) {
  std::lock_guard lock(driver().mutex);
  return injected(function);
}

SOFTCUDA_EXPORT int softcudaKernelCount(void) { return static_cast<int>(tally().kernels()); }
SOFTCUDA_EXPORT const char* softcudaKernel(int index, softcudaCounters* counters) {
  const char* kernel = nullptr;
  Counters sums;
  if (index < 0 || !tally().get(static_cast<size_t>(index), kernel, sums)) return nullptr;
  if (counters) *counters = exported(sums);
  return kernel;
}
SOFTCUDA_EXPORT void softcudaLastLaunch(softcudaCounters* counters) {
  if (counters) *counters = exported(tally().last());
}
SOFTCUDA_EXPORT void softcudaClearCounters(void) { tally().clear(); }

SOFTCUDA_EXPORT int softcudaSubmit(void* handle, int (*work)(const void*), const void* arguments,
                                   size_t bytes) {
  return withContext([&](Context& context) -> CUresult {
    Stream* stream = streamOf(context, static_cast<CUstream>(handle));
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    auto begin = static_cast<const uint8_t*>(arguments);
    std::vector<uint8_t> copy(begin, begin + bytes);
    return submit(context, *stream, {[work, copy] {
                    return settings().idle ? CUDA_SUCCESS
                                           : static_cast<CUresult>(work(copy.data()));
                  }});
  });
}

SOFTCUDA_EXPORT int softcudaTouch(const char* who, uint64_t address, size_t rowBytes, size_t rows,
                                  size_t stride, int write) {
  return withContext([&](Context& context) -> CUresult {
    if (rows == 0 || rowBytes == 0) return CUDA_SUCCESS;
    Allocation* a = context.memory.find(address);
    uint64_t end = address + (rows - 1) * stride + rowBytes;
    if (!a || a->freed || end > a->end()) {
      addReport(std::string(who) + ": a matrix of " + std::to_string(end - address) + " bytes at " +
                std::to_string(address) + " is not inside one allocation");
      return CUDA_ERROR_ILLEGAL_ADDRESS;
    }
    Counters moved;
    moved.launches = write ? 1 : 0;
    (write ? moved.bytesWritten : moved.bytesRead) = rowBytes * rows;
    (write ? moved.memoryWritten : moved.memoryRead) =
        kSector * sectorsOfMatrix(address, rowBytes, rows, stride);
    tally().add(who, moved);
    if (!write && a->written) return CUDA_SUCCESS;
    for (size_t row = 0; row < rows; row++) {
      uint64_t at = address + row * stride, firstNot = 0;
      if (write) {
        context.memory.markWritten(at, rowBytes);
      } else if (!context.memory.isWritten(at, rowBytes, &firstNot)) {
        addReport(std::string(who) + ": reads byte " + std::to_string(firstNot - a->base) +
                  " of allocation #" + std::to_string(a->number) + " (" + std::to_string(a->bytes) +
                  " bytes), which was never written");
        return CUDA_ERROR_LAUNCH_FAILED;
      }
    }
    return CUDA_SUCCESS;
  });
}
