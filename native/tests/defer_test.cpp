// Deferred streams: what a program forgets to wait for comes too late in some seed, and what it
// waits for never does.
#include <cstring>

#include "tests/device.h"

extern "C" {
CUresult cuStreamQuery(CUstream);
CUresult cuEventQuery(CUevent);
CUresult cuLaunchHostFunc(CUstream, CUhostFn, void*);
CUresult cuMemsetD32_v2(CUdeviceptr, unsigned, size_t);
CUresult cuMemAllocAsync(CUdeviceptr*, size_t, CUstream);
CUresult cuMemFreeAsync(CUdeviceptr, CUstream);
}

using namespace test;

namespace {

constexpr int kSeeds = 40;
constexpr int kCount = 64;

struct Deferred {
  explicit Deferred(uint64_t seed) { softcudaDefer(seed); }
  ~Deferred() { softcudaDefer(0); }
};

CUstream stream() {
  CUstream made;
  OK(cuStreamCreate(&made, 1));
  return made;
}

CUevent event() {
  CUevent made;
  OK(cuEventCreate(&made, 0));
  return made;
}

// Two host batches through one pinned block and a stream of copies to a stream that adds them up,
// as a training program does. Returns the sum; what the programmer leaves out is chosen.
struct Pipeline {
  bool waitForCopy = true;    // the kernel's stream waits for the copy
  bool waitForKernel = true;  // the next copy waits for the kernel that reads its target
  bool waitToRefill = true;   // the host waits before it fills the block again
  bool freeEarly = false;     // the block is freed before the last copy is done

  float run() const {
    auto kernels = Kernels::file("saxpy");
    CUfunction saxpy;
    OK(cuModuleGetFunction(&saxpy, kernels.module(), "saxpy"));
    CUstream copies = stream(), steps = stream();
    CUevent copied = event(), used = event();
    Array<float> x(std::vector<float>(kCount, 0)), y(std::vector<float>(kCount, 0));
    void* block;
    OK(cuMemAllocHost_v2(&block, kCount * sizeof(float)));
    OK(cuCtxSynchronize());
    for (int batch = 1; batch <= 3; batch++) {
      if (waitToRefill) OK(cuEventSynchronize(copied));
      for (int i = 0; i < kCount; i++) static_cast<float*>(block)[i] = batch;
      if (waitForKernel) OK(cuStreamWaitEvent(copies, used, 0));
      OK(cuMemcpyHtoDAsync_v2(x, block, kCount * sizeof(float), copies));
      OK(cuEventRecord(copied, copies));
      if (waitForCopy) OK(cuStreamWaitEvent(steps, copied, 0));
      int n = kCount;
      float a = 1;
      CUdeviceptr px = x, py = y;
      void* params[] = {&n, &a, &px, &py};
      OK(cuLaunchKernel(saxpy, 1, 1, 1, 128, 1, 1, 0, steps, params, nullptr));
      OK(cuEventRecord(used, steps));
    }
    if (freeEarly) OK(cuMemFreeHost(block));
    if (cuStreamSynchronize(steps) != CUDA_SUCCESS) return -1;
    OK(cuCtxSynchronize());
    return y.get()[kCount - 1];
  }
};

int wrongSeeds(const Pipeline& pipeline) {
  int wrong = 0;
  for (int seed = 1; seed <= kSeeds; seed++) {
    Device device;
    Deferred deferred(seed);
    wrong += pipeline.run() != 6.0f;
  }
  return wrong;
}

}  // namespace

TEST(deferred_streams_do_what_a_correct_program_means) { EQUAL(wrongSeeds({}), 0); }

TEST(deferred_streams_expose_a_missing_wait_for_a_copy) {
  CHECK(wrongSeeds({.waitForCopy = false}) > 0);
}

TEST(deferred_streams_expose_a_missing_wait_for_a_kernel) {
  CHECK(wrongSeeds({.waitForKernel = false}) > 0);
}

TEST(deferred_streams_expose_pinned_memory_that_is_reused_too_early) {
  CHECK(wrongSeeds({.waitToRefill = false}) > 0);
}

TEST(deferred_streams_expose_pinned_memory_that_is_freed_too_early) {
  EQUAL(wrongSeeds({.freeEarly = true}), kSeeds);
  CHECK_THAT(lastReport().find("a copy uses pinned memory #1 (256 bytes), which was freed") == 0,
             lastReport());
}

TEST(without_deferral_none_of_it_shows) {
  Device device;
  EQUAL((Pipeline{false, false, false, true}.run()), 6.0f);
}

TEST(deferred_work_waits_and_pageable_memory_is_read_at_once) {
  Device device;
  Deferred deferred(1);
  CUstream s = stream();
  CUevent done = event();
  Array<unsigned> d(1);
  unsigned pageable = 7, back = 0;
  OK(cuEventRecord(done, s));
  OK(cuEventSynchronize(done));
  OK(cuMemcpyHtoDAsync_v2(d, &pageable, 4, s));
  pageable = 8;
  OK(cuEventRecord(done, s));
  FAILS(cuEventElapsedTime(nullptr, done, done), CUDA_ERROR_INVALID_VALUE);
  float ms;
  FAILS(cuEventElapsedTime(&ms, done, done), CUDA_ERROR_NOT_READY);
  FAILS(cuStreamQuery(s), CUDA_ERROR_NOT_READY);
  int queries = 1;
  while (cuEventQuery(done) == CUDA_ERROR_NOT_READY) queries++;
  CHECK(queries <= 3);
  OK(cuStreamQuery(s));
  OK(cuMemcpyDtoHAsync_v2(&back, d, 4, s));
  EQUAL(back, 7u);
}

TEST(deferred_default_stream_waits_for_blocking_streams_only) {
  for (int seed = 1; seed <= kSeeds; seed++) {
    Device device;
    Deferred deferred(seed);
    CUstream blocking;
    OK(cuStreamCreate(&blocking, 0));
    Array<unsigned> d(1);
    unsigned back = 0;
    OK(cuMemsetD32Async(d, 1, 1, blocking));
    OK(cuMemsetD32_v2(d, 2, 1));
    OK(cuMemsetD32Async(d, 3, 1, blocking));
    OK(cuMemcpyDtoH_v2(&back, d, 4));
    EQUAL(back, 3u);
  }
}

TEST(a_destroyed_streams_work_is_still_done) {
  Device device;
  Deferred deferred(2);
  CUstream s = stream();
  Array<unsigned> d(1);
  int called = 0;
  OK(cuMemsetD32Async(d, 5, 1, s));
  OK(cuLaunchHostFunc(
      s, [](void* data) { ++*static_cast<int*>(data); }, &called));
  OK(cuStreamDestroy_v2(s));
  EQUAL(called, 0);
  OK(cuCtxSynchronize());
  EQUAL(called, 1);
  EQUAL(d.get()[0], 5u);
}

TEST(deferred_errors_are_told_by_what_waits) {
  Device device;
  Deferred deferred(3);
  auto kernels = Kernels::file("faults");
  Array<float> out(32);
  CUfunction function;
  OK(cuModuleGetFunction(&function, kernels.module(), "readGlobal"));
  CUdeviceptr p = out, nothing = 0;
  void* params[] = {&nothing, &p};
  OK(cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 0, nullptr, params, nullptr));
  CUdeviceptr other;
  OK(cuMemAlloc_v2(&other, 4));
  FAILS(cuCtxSynchronize(), CUDA_ERROR_ILLEGAL_ADDRESS);
  FAILS(cuMemAlloc_v2(&other, 4), CUDA_ERROR_ILLEGAL_ADDRESS);
}

TEST(freed_on_a_stream_means_when_its_turn_comes) {
  Device device;
  Deferred deferred(4);
  CUstream s = stream();
  CUdeviceptr p;
  unsigned back = 0;
  OK(cuMemAllocAsync(&p, 4, s));
  OK(cuMemsetD32Async(p, 9, 1, s));
  OK(cuMemcpyDtoHAsync_v2(&back, p, 4, s));
  EQUAL(back, 9u);
  OK(cuMemsetD32Async(p, 9, 1, s));
  OK(cuMemFreeAsync(p, s));
  OK(cuMemsetD32Async(p, 9, 1, s));
  FAILS(cuStreamSynchronize(s), CUDA_ERROR_ILLEGAL_ADDRESS);
}
