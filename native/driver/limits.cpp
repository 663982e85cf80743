#include "driver/limits.h"

#include "exec/settings.h"

namespace softcuda {
namespace {

constexpr unsigned kMostThreads = 1024;

// A warp gets registers in units of 256, from one of the four quarters of a processor's 65536.
unsigned threadsWith(unsigned registers) {
  unsigned ofWarp = (registers * kLanes + 255) / 256 * 256;
  return std::min(kMostThreads, 65536 / 4 / ofWarp * 4 * kLanes);
}

bool isAsRequired(const LaunchBounds& bounds, const Launch& launch) {
  return bounds.block[0] == 0 || std::equal(launch.block, launch.block + 3, bounds.block);
}

}  // namespace

unsigned registersOf(const Program& program) {
  unsigned set = settings().registers;
  uint64_t most = program.bounds.registers ? program.bounds.registers : 255;
  return static_cast<unsigned>(
      std::min<uint64_t>(most, set ? set : static_cast<unsigned>(program.registers)));
}

// Where a directive bounds the threads, ptxas makes the registers do for them.
unsigned mostThreads(const Program& program) {
  if (program.bounds.maxThreads != 0)
    return static_cast<unsigned>(std::min<uint64_t>(kMostThreads, program.bounds.maxThreads));
  return settings().registers ? threadsWith(registersOf(program)) : kMostThreads;
}

CUresult checkGeometry(const LoadedFunction& function, const Launch& launch) {
  const LaunchBounds& bounds = function.program->bounds;
  for (int i = 0; i < 3; i++)
    if (launch.grid[i] == 0 || launch.block[i] == 0) return CUDA_ERROR_INVALID_VALUE;
  if (launch.grid[0] > 0x7fffffffu || launch.grid[1] > 65535 || launch.grid[2] > 65535)
    return CUDA_ERROR_INVALID_VALUE;
  if (launch.block[0] > 1024 || launch.block[1] > 1024 || launch.block[2] > 64 ||
      launch.threads() > kMostThreads || !isAsRequired(bounds, launch))
    return CUDA_ERROR_INVALID_VALUE;
  if (launch.threads() > mostThreads(*function.program))
    return bounds.maxThreads ? CUDA_ERROR_INVALID_VALUE : CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
  if (launch.dynamicShared > function.maxDynamicShared) return CUDA_ERROR_INVALID_VALUE;
  return CUDA_SUCCESS;
}

}  // namespace softcuda
