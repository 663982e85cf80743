// The driver as tests use it: through its exported functions, as any program would.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "driver/abi.h"
#include "include/softcuda.h"
#include "tests/test.h"

extern "C" {
CUresult cuInit(unsigned);
CUresult cuDevicePrimaryCtxRetain(CUcontext*, CUdevice);
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice);
CUresult cuCtxSetCurrent(CUcontext);
CUresult cuCtxPushCurrent_v2(CUcontext);
CUresult cuCtxPopCurrent_v2(CUcontext*);
CUresult cuCtxSynchronize(void);
CUresult cuDriverGetVersion(int*);
CUresult cuDeviceGetName(char*, int, CUdevice);
CUresult cuDeviceGetAttribute(int*, CUdevice_attribute, CUdevice);
CUresult cuMemAlloc_v2(CUdeviceptr*, size_t);
CUresult cuMemFree_v2(CUdeviceptr);
CUresult cuMemGetInfo_v2(size_t*, size_t*);
CUresult cuMemAllocHost_v2(void**, size_t);
CUresult cuMemFreeHost(void*);
CUresult cuMemcpyHtoD_v2(CUdeviceptr, const void*, size_t);
CUresult cuMemcpyDtoH_v2(void*, CUdeviceptr, size_t);
CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr, const void*, size_t, CUstream);
CUresult cuMemcpyDtoHAsync_v2(void*, CUdeviceptr, size_t, CUstream);
CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr, CUdeviceptr, size_t, CUstream);
CUresult cuMemsetD8_v2(CUdeviceptr, unsigned char, size_t);
CUresult cuMemsetD32Async(CUdeviceptr, unsigned, size_t, CUstream);
CUresult cuModuleLoadData(CUmodule*, const void*);
CUresult cuModuleLoadDataEx(CUmodule*, const void*, unsigned, CUjit_option*, void**);
CUresult cuModuleUnload(CUmodule);
CUresult cuModuleGetFunction(CUfunction*, CUmodule, const char*);
CUresult cuModuleGetGlobal_v2(CUdeviceptr*, size_t*, CUmodule, const char*);
CUresult cuLaunchKernel(CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                        unsigned, CUstream, void**, void**);
CUresult cuStreamCreate(CUstream*, unsigned);
CUresult cuStreamDestroy_v2(CUstream);
CUresult cuStreamSynchronize(CUstream);
CUresult cuStreamWaitEvent(CUstream, CUevent, unsigned);
CUresult cuStreamBeginCapture_v2(CUstream, CUstreamCaptureMode);
CUresult cuStreamEndCapture(CUstream, CUgraph*);
CUresult cuEventCreate(CUevent*, unsigned);
CUresult cuEventDestroy_v2(CUevent);
CUresult cuEventRecord(CUevent, CUstream);
CUresult cuEventSynchronize(CUevent);
CUresult cuEventElapsedTime(float*, CUevent, CUevent);
CUresult cuGraphInstantiateWithFlags(CUgraphExec*, CUgraph, unsigned long long);
CUresult cuGraphLaunch(CUgraphExec, CUstream);
CUresult cuGraphExecDestroy(CUgraphExec);
CUresult cuGraphDestroy(CUgraph);
CUresult cuGetErrorName(CUresult, const char**);
CUresult cuGetProcAddress_v2(const char*, void**, int, cuuint64_t, CUdriverProcAddressQueryResult*);
}

inline const char* nameOf(CUresult result) {
  const char* name = nullptr;
  cuGetErrorName(result, &name);
  return name ? name : "?";
}

#define OK(call) CHECK_THAT((call) == CUDA_SUCCESS, std::string(#call) + " failed")
#define FAILS(call, error) test::equal(std::string(nameOf(call)), #error, #call, __LINE__)

namespace test {

// A fresh primary context, current while it lives; no findings from before.
class Device {
 public:
  Device() {
    OK(cuInit(0));
    CUcontext context;
    OK(cuDevicePrimaryCtxRetain(&context, 0));
    OK(cuCtxPushCurrent_v2(context));
    softcudaClearReports();
  }
  ~Device() {
    cuCtxPopCurrent_v2(nullptr);
    cuDevicePrimaryCtxRelease_v2(0);
  }
};

// Device memory with values, freed with the context.
template <class T>
class Array {
 public:
  explicit Array(size_t count) : count_(count) { OK(cuMemAlloc_v2(&address_, count * sizeof(T))); }
  explicit Array(const std::vector<T>& values) : Array(values.size()) {
    OK(cuMemcpyHtoD_v2(address_, values.data(), count_ * sizeof(T)));
  }
  std::vector<T> get() const {
    std::vector<T> values(count_);
    OK(cuMemcpyDtoH_v2(values.data(), address_, count_ * sizeof(T)));
    return values;
  }
  CUdeviceptr address() const { return address_; }
  operator CUdeviceptr() const { return address_; }

 private:
  CUdeviceptr address_ = 0;
  size_t count_;
};

class Kernels {
 public:
  explicit Kernels(const std::string& ptx) { OK(cuModuleLoadData(&module_, ptx.c_str())); }
  static Kernels file(const std::string& name) {
    return Kernels(read(folder("SOFTCUDA_TEST_PTX", "tests/kernels/ptx") + "/" + name + ".ptx"));
  }
  // Where PTX is found: tests/variants.sh runs the tests with what other compilations give.
  static std::string folder(const char* variable, const char* usual) {
    const char* other = std::getenv(variable);
    return other ? other : usual;
  }
  static std::string read(const std::string& path) {
    std::ifstream in(path);
    CHECK_THAT(bool(in), path + " is missing: run the tests in the folder native");
    return std::string{std::istreambuf_iterator<char>(in), {}};
  }
  CUmodule module() const { return module_; }

  // Launches; arguments by value. Returns what the next synchronisation says.
  template <class... A>
  CUresult run(const char* name, unsigned grid, unsigned block, unsigned shared,
               A... arguments) const {
    return run3(name, {grid, 1, 1, block, 1, 1}, shared, arguments...);
  }
  template <class... A>
  CUresult run3(const char* name, const std::vector<unsigned>& d, unsigned shared,
                A... arguments) const {
    CUfunction function;
    OK(cuModuleGetFunction(&function, module_, name));
    void* params[] = {static_cast<void*>(&arguments)..., nullptr};
    CUresult launched = cuLaunchKernel(function, d[0], d[1], d[2], d[3], d[4], d[5], shared,
                                       nullptr, params, nullptr);
    return launched ? launched : cuCtxSynchronize();
  }

 private:
  CUmodule module_ = nullptr;
};

inline std::string lastReport() {
  const char* text = softcudaReport(softcudaReportCount() - 1);
  return text ? text : "";
}

}  // namespace test
