// The device and what it says of itself.
#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>

#include "driver/inject.h"
#include "driver/state.h"

using namespace softcuda;

namespace {

constexpr int kDriverVersion = 13000;
constexpr char kName[] = "Software CUDA device";

int attribute(int number) {
  static const std::map<int, int> values = {{1, 1024},
                                            {2, 1024},
                                            {3, 1024},
                                            {4, 64},  // threads: per block, by
                                                      // dimension
                                            {5, 0x7fffffff},
                                            {6, 65535},
                                            {7, 65535},  // blocks by dimension
                                            {8, 48 * 1024},
                                            {81, 164 * 1024},
                                            {97, 160 * 1024},  // shared memory: block, processor,
                                                               // opt-in
                                            {9, 64 * 1024},
                                            {10, 32},
                                            {11, 0x7fffffff},
                                            {12, 65536},
                                            {82, 65536},
                                            {13, 1000000},
                                            {14, 512},
                                            {15, 1},
                                            {16, 8},
                                            {17, 0},
                                            {18, 0},
                                            {19, 0},
                                            {20, 0},
                                            {31, 1},
                                            {32, 0},
                                            {33, 0},
                                            {34, 0},
                                            {35, 0},
                                            {36, 1000000},
                                            {37, 128},
                                            {38, 1 << 20},
                                            {39, 2048},
                                            {40, 1},
                                            {41, 0},
                                            {50, 0},
                                            {51, 32},
                                            {78, 0},
                                            {79, 1},
                                            {80, 1},
                                            {83, 0},
                                            {84, 0},
                                            {88, 0},
                                            {89, 0},
                                            {90, 0},
                                            {95, 0},
                                            {96, 0},
                                            {99, 0},
                                            {102, 0},
                                            {106, 16},
                                            {108, 0},
                                            {111, 1024},
                                            {115, 0},
                                            {120, 0}};
  auto found = values.find(number);
  return found == values.end() ? -1 : found->second;
}

CUresult onDevice(CUdevice device, const std::function<CUresult()>& body,
                  const char* call = __builtin_FUNCTION()) {
  return withDriver([&] { return device == 0 ? body() : CUDA_ERROR_INVALID_DEVICE; }, call);
}

}  // namespace

SOFTCUDA_EXPORT CUresult cuInit(unsigned flags) {
  if (flags != 0) return CUDA_ERROR_INVALID_VALUE;
#if defined(__AVX2__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
    return CUDA_ERROR_NOT_SUPPORTED;
#endif
  std::lock_guard lock(driver().mutex);
  if (int status = injected("cuInit")) return static_cast<CUresult>(status);
  driver().initialised = true;
  return CUDA_SUCCESS;
}

SOFTCUDA_EXPORT CUresult cuDriverGetVersion(int* version) {
  if (!version) return CUDA_ERROR_INVALID_VALUE;
  *version = kDriverVersion;
  return CUDA_SUCCESS;
}

SOFTCUDA_EXPORT CUresult cuDeviceGetCount(int* count) {
  return withDriver([&] {
    if (!count) return CUDA_ERROR_INVALID_VALUE;
    *count = 1;
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuDeviceGet(CUdevice* device, int ordinal) {
  return withDriver([&]() -> CUresult {
    if (!device) return CUDA_ERROR_INVALID_VALUE;
    if (ordinal != 0) return CUDA_ERROR_INVALID_DEVICE;
    *device = 0;
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuDeviceGetName(char* name, int length, CUdevice device) {
  return onDevice(device, [&] {
    if (!name || length <= 0) return CUDA_ERROR_INVALID_VALUE;
    size_t count = std::min<size_t>(length - 1, sizeof kName - 1);
    std::memcpy(name, kName, count);
    name[count] = '\0';
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuDeviceGetUuid_v2(CUuuid* uuid, CUdevice device) {
  return onDevice(device, [&] {
    if (!uuid) return CUDA_ERROR_INVALID_VALUE;
    std::memcpy(uuid->bytes, "software-cuda-00", 16);
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) {
  return onDevice(device, [&] {
    if (!bytes) return CUDA_ERROR_INVALID_VALUE;
    *bytes = deviceMemoryBytes();
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute which,
                                              CUdevice device) {
  return onDevice(device, [&]() -> CUresult {
    int number = static_cast<int>(which);
    if (!value || number < 1) return CUDA_ERROR_INVALID_VALUE;
    int major, minor;
    deviceCapability(major, minor);
    *value = number == 75 ? major : number == 76 ? minor : attribute(number);
    return *value < 0 ? CUDA_ERROR_NOT_SUPPORTED : CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuDeviceComputeCapability(int* major, int* minor, CUdevice device) {
  return onDevice(device, [&] {
    if (!major || !minor) return CUDA_ERROR_INVALID_VALUE;
    deviceCapability(*major, *minor);
    return CUDA_SUCCESS;
  });
}

// The function of a name in its newest version that this library has.
SOFTCUDA_EXPORT CUresult cuGetProcAddress_v2(const char* symbol, void** function, int, cuuint64_t,
                                             CUdriverProcAddressQueryResult* status) {
  if (!symbol || !function) return CUDA_ERROR_INVALID_VALUE;
  *function = nullptr;
  Dl_info self;
  void* library = nullptr;
  if (dladdr(reinterpret_cast<void*>(&cuInit), &self))
    library = dlopen(self.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  for (const char* suffix : {"_v3", "_v2", ""}) {
    if (library && !*function && std::strncmp(symbol, "cu", 2) == 0)
      *function = dlsym(library, (std::string(symbol) + suffix).c_str());
  }
  if (library) dlclose(library);
  if (status)
    *status = *function ? CU_GET_PROC_ADDRESS_SUCCESS : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
  return *function ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}
