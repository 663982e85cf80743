// The driver's rules: contexts, handles, memory, modules, streams, capture and graphs.
#include <cstring>
#include <thread>

#include "tests/device.h"

using namespace test;

TEST(device_says_what_it_is) {
  Device device;
  char name[64];
  OK(cuDeviceGetName(name, sizeof name, 0));
  EQUAL(std::string(name), "Software CUDA device");
  int major = 0, version = 0;
  OK(cuDeviceGetAttribute(&major, static_cast<CUdevice_attribute>(75), 0));
  EQUAL(major, 8);
  OK(cuDriverGetVersion(&version));
  EQUAL(version, 13000);
}

TEST(context_belongs_to_a_thread) {
  Device device;
  CUresult other = CUDA_SUCCESS;
  std::thread([&] {
    CUdeviceptr p;
    other = cuMemAlloc_v2(&p, 4);
  }).join();
  FAILS(other, CUDA_ERROR_INVALID_CONTEXT);
}

TEST(memory) {
  Device device;
  size_t free, total, after;
  OK(cuMemGetInfo_v2(&free, &total));
  CUdeviceptr p, q;
  OK(cuMemAlloc_v2(&p, 1000));
  OK(cuMemGetInfo_v2(&after, &total));
  EQUAL(free - after, 1000u);
  EQUAL(p % 256, 0u);
  FAILS(cuMemAlloc_v2(&q, 0), CUDA_ERROR_INVALID_VALUE);
  FAILS(cuMemAlloc_v2(&q, total + 1), CUDA_ERROR_OUT_OF_MEMORY);
  FAILS(cuMemFree_v2(p + 4), CUDA_ERROR_INVALID_VALUE);
  char bytes[1001] = {};
  FAILS(cuMemcpyHtoD_v2(p, bytes, 1001), CUDA_ERROR_INVALID_VALUE);
  OK(cuMemcpyHtoD_v2(p, bytes, 1000));
  OK(cuMemFree_v2(p));
  FAILS(cuMemFree_v2(p), CUDA_ERROR_INVALID_VALUE);
  FAILS(cuMemcpyHtoD_v2(p, bytes, 4), CUDA_ERROR_INVALID_VALUE);
  OK(cuMemGetInfo_v2(&after, &total));
  EQUAL(free, after);
  void* pinned;
  OK(cuMemAllocHost_v2(&pinned, 64));
  OK(cuMemFreeHost(pinned));
  FAILS(cuMemFreeHost(pinned), CUDA_ERROR_INVALID_VALUE);
}

TEST(memory_is_reused_and_never_overlaps) {
  Device device;
  size_t free, total, after;
  OK(cuMemGetInfo_v2(&free, &total));
  for (int round = 0; round < 20; round++) {
    CUdeviceptr p[3];
    for (auto& one : p) OK(cuMemAlloc_v2(&one, free / 3 - 4096));
    for (auto& one : p) OK(cuMemFree_v2(one));
  }
  OK(cuMemGetInfo_v2(&after, &total));
  EQUAL(free, after);
}

TEST(module_refuses_what_it_does_not_know) {
  Device device;
  CUmodule module;
  std::string head = ".version 7.0\n.target sm_75\n.address_size 64\n";
  std::string text =
      head + ".visible .entry k()\n{\n.reg .b32 %r<3>;\nwibble.u32 %r1, %r2;\nret;\n}\n";
  char log[200] = "";
  CUjit_option options[] = {static_cast<CUjit_option>(5), static_cast<CUjit_option>(6)};
  void* values[] = {log, reinterpret_cast<void*>(sizeof log)};
  FAILS(cuModuleLoadDataEx(&module, text.c_str(), 2, options, values), CUDA_ERROR_INVALID_PTX);
  CHECK_THAT(std::string(log).find(
                 "line 7: instruction wibble.u32 is not supported: wibble.u32 %r1, %r2;") == 0,
             log);
  FAILS(cuModuleLoadData(&module,
                         "\x7f"
                         "ELF"),
        CUDA_ERROR_NO_BINARY_FOR_GPU);
  FAILS(cuModuleLoadData(&module, "hello"), CUDA_ERROR_INVALID_IMAGE);
  FAILS(cuModuleLoadData(&module, ".version 7.8\n.target sm_90\n.address_size 64\n"),
        CUDA_ERROR_NO_BINARY_FOR_GPU);
  OK(cuModuleLoadData(&module, head.c_str()));
  CUfunction function;
  FAILS(cuModuleGetFunction(&function, module, "k"), CUDA_ERROR_NOT_FOUND);
  OK(cuModuleUnload(module));
  FAILS(cuModuleUnload(module), CUDA_ERROR_INVALID_HANDLE);
}

TEST(events) {
  Device device;
  CUevent start, end, untimed;
  OK(cuEventCreate(&start, 0));
  OK(cuEventCreate(&end, 0));
  OK(cuEventCreate(&untimed, 2));
  float ms = -1;
  FAILS(cuEventElapsedTime(&ms, start, end), CUDA_ERROR_INVALID_HANDLE);
  OK(cuEventRecord(start, nullptr));
  OK(cuEventRecord(end, nullptr));
  OK(cuEventRecord(untimed, nullptr));
  OK(cuEventElapsedTime(&ms, start, end));
  CHECK(ms >= 0);
  FAILS(cuEventElapsedTime(&ms, start, untimed), CUDA_ERROR_INVALID_HANDLE);
  OK(cuEventDestroy_v2(end));
  FAILS(cuEventRecord(end, nullptr), CUDA_ERROR_INVALID_HANDLE);
}

TEST(graph_replays_what_was_captured) {
  Device device;
  auto kernels = Kernels::file("saxpy");
  CUfunction saxpy;
  OK(cuModuleGetFunction(&saxpy, kernels.module(), "saxpy"));
  Array<float> x(std::vector<float>(100, 1)), y(std::vector<float>(100, 0));
  CUstream stream;
  OK(cuStreamCreate(&stream, 1));
  OK(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
  int n = 100;
  float a = 2;
  CUdeviceptr px = x, py = y;
  void* params[] = {&n, &a, &px, &py};
  OK(cuLaunchKernel(saxpy, 1, 1, 1, 128, 1, 1, 0, stream, params, nullptr));
  float first = 0;
  OK(cuMemcpyDtoHAsync_v2(&first, y, 4, stream));
  n = 0;  // the graph has its own copy
  CUgraph graph;
  OK(cuStreamEndCapture(stream, &graph));
  EQUAL(y.get()[0], 0.0f);
  CUgraphExec exec;
  OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
  OK(cuGraphDestroy(graph));
  FAILS(cuGraphDestroy(graph), CUDA_ERROR_INVALID_VALUE);
  for (int i = 1; i <= 3; i++) {
    OK(cuGraphLaunch(exec, stream));
    OK(cuStreamSynchronize(stream));
    EQUAL(first, 2.0f * i);
  }
  EQUAL(y.get()[99], 6.0f);
  OK(cuGraphExecDestroy(exec));
  FAILS(cuGraphLaunch(exec, stream), CUDA_ERROR_INVALID_VALUE);
  OK(cuStreamDestroy_v2(stream));
  FAILS(cuStreamSynchronize(stream), CUDA_ERROR_INVALID_HANDLE);
}

TEST(capture_forbids) {
  Device device;
  CUstream stream;
  CUgraph graph;
  OK(cuStreamCreate(&stream, 1));
  FAILS(cuStreamEndCapture(stream, &graph), CUDA_ERROR_ILLEGAL_STATE);
  FAILS(cuStreamBeginCapture_v2(nullptr, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  auto begin = [&] { OK(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL)); };
  begin();
  FAILS(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        CUDA_ERROR_ILLEGAL_STATE);
  CUdeviceptr p;
  FAILS(cuMemAlloc_v2(&p, 4), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  FAILS(cuStreamEndCapture(stream, &graph), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
  begin();
  FAILS(cuStreamSynchronize(stream), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  FAILS(cuStreamEndCapture(stream, &graph), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
  begin();
  FAILS(cuCtxSynchronize(), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  FAILS(cuStreamEndCapture(stream, &graph), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
  begin();
  CUevent event;
  OK(cuEventCreate(&event, 2));
  OK(cuEventRecord(event, stream));
  FAILS(cuEventSynchronize(event), CUDA_ERROR_CAPTURED_EVENT);
  FAILS(cuStreamEndCapture(stream, &graph), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
  begin();
  OK(cuStreamEndCapture(stream, &graph));
}

TEST(captured_streams_must_join) {
  Device device;
  Array<unsigned> d(1);
  CUstream first, second;
  CUevent fork, join;
  CUgraph graph;
  OK(cuStreamCreate(&first, 1));
  OK(cuStreamCreate(&second, 1));
  OK(cuEventCreate(&fork, 2));
  OK(cuEventCreate(&join, 2));
  for (bool joins : {false, true}) {
    OK(cuStreamBeginCapture_v2(first, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    OK(cuMemsetD32Async(d, 1, 1, first));
    OK(cuEventRecord(fork, first));
    OK(cuStreamWaitEvent(second, fork, 0));
    OK(cuMemsetD32Async(d, 2, 1, second));
    OK(cuEventRecord(join, second));
    if (joins) OK(cuStreamWaitEvent(first, join, 0));
    FAILS(cuStreamEndCapture(second, &graph), CUDA_ERROR_STREAM_CAPTURE_UNMATCHED);
    if (joins)
      OK(cuStreamEndCapture(first, &graph));
    else
      FAILS(cuStreamEndCapture(first, &graph), CUDA_ERROR_STREAM_CAPTURE_UNJOINED);
  }
}

TEST(proc_address) {
  void* function = nullptr;
  OK(cuGetProcAddress_v2("cuMemAlloc", &function, 12000, 0, nullptr));
  CHECK(function == reinterpret_cast<void*>(&cuMemAlloc_v2));
  FAILS(cuGetProcAddress_v2("cuNonsense", &function, 12000, 0, nullptr), CUDA_ERROR_NOT_FOUND);
}

// A text that was loaded before is not read again, yet every load has variables of its own.
TEST(loads_of_one_text_have_their_own_variables) {
  Device device;
  auto first = Kernels::file("numbers"), second = Kernels::file("numbers");
  auto words = [](const Kernels& kernels) {
    Array<unsigned> out(4);
    OK(kernels.run("philox", 1, 1, 0, 1, 42ull, out.address()));
    return out.get();
  };
  auto counter = [](const Kernels& kernels) {
    CUdeviceptr address;
    size_t bytes;
    OK(cuModuleGetGlobal_v2(&address, &bytes, kernels.module(), "counter"));
    return address;
  };
  CHECK(counter(first) != counter(second));
  auto usual = words(first);
  OK(cuMemsetD8_v2(counter(second), 0, 4));
  CHECK(words(second) != usual);
  CHECK(words(first) == usual);
  OK(cuModuleUnload(first.module()));
  CHECK(words(second) != usual);
  CHECK(words(Kernels::file("numbers")) == usual);
}

// A module stays whole, and its text can be quoted, however many others are loaded after it.
TEST(a_module_outlives_what_is_kept_of_its_text) {
  Device device;
  auto faults = Kernels::file("faults");
  for (int i = 0; i < 100; i++) {
    Kernels other(".version 7.0\n.target sm_75\n.address_size 64\n.visible .entry k" +
                  std::to_string(i) + "()\n{\nret;\n}\n");
    OK(cuModuleUnload(other.module()));
  }
  Array<float> out(32);
  FAILS(faults.run("readGlobal", 1, 32, 0, CUdeviceptr{0}, out.address()),
        CUDA_ERROR_ILLEGAL_ADDRESS);
  CHECK_THAT(lastReport().find("ld.global") != std::string::npos, lastReport());
}
