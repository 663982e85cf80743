// Calls that are made to fail.
#include "tests/device.h"

extern "C" {
int cublasCreate_v2(void**);
int cublasDestroy_v2(void*);
int cublasSetMathMode(void*, int);
}

using namespace test;

namespace {

struct Disarm {
  ~Disarm() { softcudaFail("", 0, 0); }
};

}  // namespace

TEST(the_nth_allocation_fails_and_the_next_does_not) {
  Device device;
  Disarm disarm;
  softcudaFail("alloc", 2, CUDA_ERROR_OUT_OF_MEMORY);
  CUdeviceptr p, q = 0;
  void* host;
  OK(cuMemAlloc_v2(&p, 4));
  OK(cuMemcpyHtoD_v2(p, "abc", 4));
  CHECK(softcudaFailed() == nullptr);
  FAILS(cuMemAllocHost_v2(&host, 4), CUDA_ERROR_OUT_OF_MEMORY);
  EQUAL(std::string(softcudaFailed()), "cuMemAllocHost_v2");
  OK(cuMemAlloc_v2(&q, 4));
  EQUAL(softcudaCalls(), 3u);
  softcudaFail("cuMemFree_v2", 1, CUDA_ERROR_INVALID_VALUE);
  FAILS(cuMemFree_v2(q), CUDA_ERROR_INVALID_VALUE);
  OK(cuMemFree_v2(q));
}

TEST(a_sticky_error_ends_the_context) {
  Disarm disarm;
  {
    Device device;
    Array<unsigned> d(4);
    softcudaFail("copy", 1, CUDA_ERROR_ILLEGAL_ADDRESS);
    FAILS(cuMemsetD32Async(d, 1, 4, nullptr), CUDA_ERROR_ILLEGAL_ADDRESS);
    FAILS(cuCtxSynchronize(), CUDA_ERROR_ILLEGAL_ADDRESS);
    FAILS(cuMemFree_v2(d), CUDA_ERROR_ILLEGAL_ADDRESS);
  }
  Device again;
  OK(cuCtxSynchronize());
}

TEST(launches_and_graphs_fail) {
  Device device;
  Disarm disarm;
  auto kernels = Kernels::file("faults");
  Array<float> out(32);
  softcudaFail("launch", 1, 701);
  FAILS(kernels.run("readGlobal", 1, 32, 0, out.address(), out.address()),
        CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
  OK(cuCtxSynchronize());
}

TEST(a_library_fails_with_its_own_status_or_the_drivers_error) {
  Device device;
  Disarm disarm;
  void* handle = nullptr;
  softcudaFail("library", 1, 3);
  EQUAL(cublasCreate_v2(&handle), 3);
  EQUAL(cublasCreate_v2(&handle), 0);
  EQUAL(cublasSetMathMode(handle, 0), 0);
  softcudaFail("cublasSetMathMode", 1, CUDA_ERROR_LAUNCH_FAILED);
  EQUAL(cublasSetMathMode(handle, 0), 13);
  FAILS(cuCtxSynchronize(), CUDA_ERROR_LAUNCH_FAILED);
  EQUAL(cublasDestroy_v2(handle), 0);
}
