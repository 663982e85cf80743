// Handles and descriptors of cuDNN.
#include "tests/device.h"

extern "C" {
size_t cudnnGetVersion(void);
int cudnnCreate(void**);
int cudnnDestroy(void*);
int cudnnSetStream(void*, void*);
int cudnnGetStream(void*, void**);
int cudnnCreateTensorDescriptor(void**);
int cudnnSetTensor4dDescriptor(void*, int, int, int, int, int, int);
int cudnnDestroyTensorDescriptor(void*);
const char* cudnnGetErrorString(int);
}

using namespace test;

TEST(cudnn_needs_a_context) {
  CHECK(cudnnGetVersion() >= 90000);
  void* handle = nullptr;
  EQUAL(cudnnCreate(&handle), 1001);
  Device device;
  void* stream;
  EQUAL(cudnnCreate(&handle), 0);
  EQUAL(cudnnSetStream(handle, handle), 0);
  EQUAL(cudnnGetStream(handle, &stream), 0);
  CHECK(stream == handle);
  EQUAL(cudnnDestroy(handle), 0);
  EQUAL(cudnnSetStream(handle, nullptr), 2000);
}

TEST(cudnn_descriptors_are_not_used_after_they_are_destroyed) {
  void* tensor;
  EQUAL(cudnnCreateTensorDescriptor(&tensor), 0);
  EQUAL(cudnnSetTensor4dDescriptor(tensor, 0, 0, 1, 2, 3, 4), 0);
  EQUAL(cudnnDestroyTensorDescriptor(tensor), 0);
  EQUAL(cudnnSetTensor4dDescriptor(tensor, 0, 0, 1, 2, 3, 4), 2000);
  EQUAL(cudnnDestroyTensorDescriptor(tensor), 2000);
}

TEST(cudnn_fails_with_its_own_status_or_the_drivers_error) {
  Device device;
  void* handle = nullptr;
  softcudaFail("library", 1, CUDA_ERROR_OUT_OF_MEMORY);
  EQUAL(cudnnCreate(&handle), 4004);
  EQUAL(std::string(cudnnGetErrorString(4004)),
        "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED");
  softcudaFail("cudnnCreate", 1, 3000);
  EQUAL(cudnnCreate(&handle), 3000);
  softcudaFail("cudnnCreate", 1, CUDA_ERROR_LAUNCH_FAILED);
  EQUAL(cudnnCreate(&handle), 5000);
  softcudaFail("", 0, 0);
  FAILS(cuCtxSynchronize(), CUDA_ERROR_LAUNCH_FAILED);
}
