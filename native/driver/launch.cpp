// Launches and what a function says of itself.
#include <cstring>

#include "check/report.h"
#include "driver/limits.h"
#include "driver/state.h"
#include "exec/settings.h"

using namespace softcuda;

namespace {

// A function that a graph replays may have been unloaded meanwhile, so it is looked up again.
Task launchTask(Context& context, CUfunction handle, Launch launch) {
  return [&context, handle, launch]() -> CUresult {
    LoadedFunction* function = context.functions.find(handle);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    if (settings().idle) return CUDA_SUCCESS;
    Launch now = launch;
    now.program = function->program.get();
    Outcome outcome = execute(now);
    driver().launches++;
    driver().laneInstructions += outcome.laneInstructions;
    if (!outcome.fault) return CUDA_SUCCESS;
    addReport(describe(*now.program, *outcome.fault));
    return static_cast<CUresult>(outcome.fault->code);
  };
}

// Copies the arguments: from one pointer each, or from the buffer in `extra`.
CUresult takeParams(const Program& program, void** params, void** extra,
                    std::vector<uint8_t>& bytes) {
  bytes.assign(program.paramBytes, 0);
  if (extra) {
    const uint8_t* buffer = nullptr;
    size_t size = 0;
    for (; *extra != nullptr; extra += 2) {
      if (*extra == reinterpret_cast<void*>(1))
        buffer = static_cast<const uint8_t*>(extra[1]);
      else if (*extra == reinterpret_cast<void*>(2))
        size = *static_cast<size_t*>(extra[1]);
      else
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (params || !buffer || size < bytes.size()) return CUDA_ERROR_INVALID_VALUE;
    std::memcpy(bytes.data(), buffer, bytes.size());
    return CUDA_SUCCESS;
  }
  if (!params && !program.params.empty()) return CUDA_ERROR_INVALID_VALUE;
  for (size_t i = 0; i < program.params.size(); i++) {
    if (!params[i]) return CUDA_ERROR_INVALID_VALUE;
    std::memcpy(bytes.data() + program.paramOffsets[i], params[i], program.params[i].bytes);
  }
  return CUDA_SUCCESS;
}

}  // namespace

CUresult softcuda::makeLaunch(Context& context, const CUDA_KERNEL_NODE_PARAMS& asked, Step& step) {
  LoadedFunction* function = context.functions.find(asked.func);
  if (!function) return CUDA_ERROR_INVALID_HANDLE;
  Launch& launch = step.launch;
  launch.program = function->program.get();
  launch.memory = &context.memory;
  launch.dynamicShared = asked.sharedMemBytes;
  std::copy_n(&asked.gridDimX, 3, launch.grid);
  std::copy_n(&asked.blockDimX, 3, launch.block);
  if (CUresult result = checkGeometry(*function, launch)) return result;
  if (CUresult result =
          takeParams(*function->program, asked.kernelParams, asked.extra, launch.params))
    return result;
  step.function = asked.func;
  step.task = launchTask(context, asked.func, launch);
  return CUDA_SUCCESS;
}

SOFTCUDA_EXPORT CUresult cuLaunchKernel(CUfunction handle, unsigned gx, unsigned gy, unsigned gz,
                                        unsigned bx, unsigned by, unsigned bz, unsigned shared,
                                        CUstream streamHandle, void** params, void** extra) {
  return withContext([&](Context& context) -> CUresult {
    Stream* stream = streamOf(context, streamHandle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    Step step;
    CUDA_KERNEL_NODE_PARAMS asked = {handle, gx,     gy,     gz,    bx,      by,
                                     bz,     shared, params, extra, nullptr, nullptr};
    if (CUresult result = makeLaunch(context, asked, step)) return result;
    return submit(context, *stream, std::move(step));
  });
}

SOFTCUDA_EXPORT CUresult cuFuncGetAttribute(int* value, CUfunction_attribute which,
                                            CUfunction handle) {
  return withContext([&](Context& context) -> CUresult {
    LoadedFunction* function = context.functions.find(handle);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    if (!value) return CUDA_ERROR_INVALID_VALUE;
    int major, minor;
    deviceCapability(major, minor);
    switch (static_cast<int>(which)) {
      case 0:
        *value = static_cast<int>(mostThreads(*function->program));
        break;
      case 1:
        *value = static_cast<int>(function->program->sharedBytes);
        break;
      case 2:
        *value = 0;
        break;
      case 3:
        *value = static_cast<int>(function->program->localBytes);
        break;
      case 4:
        *value = static_cast<int>(registersOf(*function->program));
        break;
      case 5:
      case 6:
        *value = major * 10 + minor;
        break;
      case 8:
        *value = static_cast<int>(function->maxDynamicShared);
        break;
      default:
        return CUDA_ERROR_NOT_SUPPORTED;
    }
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuFuncSetAttribute(CUfunction handle, CUfunction_attribute which,
                                            int value) {
  return withContext([&](Context& context) -> CUresult {
    LoadedFunction* function = context.functions.find(handle);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    if (static_cast<int>(which) != 8) return CUDA_ERROR_NOT_SUPPORTED;
    if (value < 0 || value + function->program->sharedBytes > kMostShared)
      return CUDA_ERROR_INVALID_VALUE;
    function->maxDynamicShared = static_cast<uint32_t>(value);
    return CUDA_SUCCESS;
  });
}
