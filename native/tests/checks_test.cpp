// Faulty kernels are reported, with the error a card gives; the right ones are not.
#include "tests/device.h"

using namespace test;

namespace {

bool says(const std::string& part) { return lastReport().find(part) != std::string::npos; }

#define REPORTED(call, error, part)                                   \
  do {                                                                \
    FAILS(call, error);                                               \
    CHECK_THAT(says(part), "the report says: " + test::lastReport()); \
    FAILS(cuCtxSynchronize(), error);                                 \
  } while (false)

}  // namespace

TEST(row_too_many) {
  for (int wrong : {0, 1}) {
    Device device;
    auto kernels = Kernels::file("faults");
    Array<float> out(100);
    if (!wrong) {
      OK(kernels.run("rowTooMany", 1, 128, 0, 100, out.address(), wrong));
      EQUAL(softcudaReportCount(), 0);
      EQUAL(out.get()[99], 99.0f);
    } else {
      REPORTED(kernels.run("rowTooMany", 1, 128, 0, 100, out.address(), wrong),
               CUDA_ERROR_ILLEGAL_ADDRESS, "thread (100,0,0): writes 4 bytes");
      CHECK(says("0 bytes behind the end of allocation"));
      CHECK(says("(400 bytes"));
      CHECK(says("kernel rowTooMany, line "));
      CHECK(says("st.global.f32"));
    }
  }
}

TEST(misaligned_vector) {
  for (int wrong : {0, 1}) {
    Device device;
    auto kernels = Kernels::file("faults");
    Array<float> in(std::vector<float>(132, 1)), out(128);
    if (!wrong)
      OK(kernels.run("misaligned", 1, 32, 0, in.address(), out.address(), wrong));
    else
      REPORTED(kernels.run("misaligned", 1, 32, 0, in.address(), out.address(), wrong),
               CUDA_ERROR_MISALIGNED_ADDRESS, "not a multiple of 16");
  }
}

TEST(missing_barrier_participant) {
  for (int wrong : {0, 1}) {
    Device device;
    auto kernels = Kernels::file("faults");
    Array<int> out(64);
    if (!wrong)
      OK(kernels.run("missingParticipant", 1, 64, 0, out.address(), wrong));
    else
      REPORTED(kernels.run("missingParticipant", 1, 64, 0, out.address(), wrong),
               CUDA_ERROR_LAUNCH_FAILED, "never reached by 24 threads");
  }
}

TEST(uninitialised_shared) {
  for (int wrong : {0, 1}) {
    Device device;
    auto kernels = Kernels::file("faults");
    Array<int> out(64);
    if (!wrong)
      OK(kernels.run("uninitialisedShared", 1, 64, 0, out.address(), wrong));
    else
      REPORTED(kernels.run("uninitialisedShared", 1, 64, 0, out.address(), wrong),
               CUDA_ERROR_LAUNCH_FAILED, "shared memory that was never written");
  }
}

TEST(uninitialised_global) {
  Device device;
  auto kernels = Kernels::file("faults");
  Array<float> in(32), out(32);
  OK(cuMemsetD8_v2(in, 0, 31 * 4));
  OK(kernels.run("readGlobal", 1, 31, 0, in.address(), out.address()));
  REPORTED(kernels.run("readGlobal", 1, 32, 0, in.address(), out.address()),
           CUDA_ERROR_LAUNCH_FAILED, "thread (31,0,0): reads 4 bytes");
  CHECK(says("global memory that was never written"));
}

TEST(copies_carry_what_is_written) {
  Device device;
  auto kernels = Kernels::file("faults");
  Array<float> half(32), in(32), out(32);
  OK(cuMemsetD8_v2(half, 0, 64));
  OK(cuMemcpyDtoDAsync_v2(in, half, 128, nullptr));
  OK(kernels.run("readGlobal", 1, 16, 0, in.address(), out.address()));
  REPORTED(kernels.run("readGlobal", 1, 17, 0, in.address(), out.address()),
           CUDA_ERROR_LAUNCH_FAILED, "never written");
}

TEST(single_bytes_are_tracked) {
  Device device;
  auto kernels = Kernels::file("faults");
  Array<unsigned char> bytes(4 * 32);
  Array<float> out(32);
  OK(kernels.run("writeBytes", 1, 32, 0, bytes.address()));
  REPORTED(kernels.run("readGlobal", 1, 1, 0, bytes.address(), out.address()),
           CUDA_ERROR_LAUNCH_FAILED, "never written");
}

TEST(freed_memory) {
  Device device;
  auto kernels = Kernels::file("faults");
  Array<float> in(std::vector<float>(32, 1)), out(32);
  OK(cuMemFree_v2(in));
  REPORTED(kernels.run("readGlobal", 1, 32, 0, in.address(), out.address()),
           CUDA_ERROR_ILLEGAL_ADDRESS, "inside the freed allocation");
}

TEST(null_pointer) {
  Device device;
  auto kernels = Kernels::file("faults");
  Array<float> out(32);
  REPORTED(kernels.run("readGlobal", 1, 32, 0, CUdeviceptr{0}, out.address()),
           CUDA_ERROR_ILLEGAL_ADDRESS, "which no allocation holds");
}

TEST(shuffle_from_inactive_lane) {
  for (int wrong : {0, 1}) {
    Device device;
    auto kernels = Kernels::file("faults");
    Array<int> out(64);
    if (!wrong) {
      OK(kernels.run("shuffleInactive", 1, 64, 0, out.address(), wrong));
      EQUAL(out.get()[40], 37);
    } else {
      REPORTED(kernels.run("shuffleInactive", 1, 64, 0, out.address(), wrong),
               CUDA_ERROR_LAUNCH_FAILED, "shuffles from lane 20");
    }
  }
}

TEST(shared_too_far) {
  for (int wrong : {0, 1}) {
    Device device;
    auto kernels = Kernels::file("faults");
    Array<int> out(32);
    if (!wrong)
      OK(kernels.run("sharedTooFar", 1, 32, 0, out.address(), wrong));
    else
      REPORTED(kernels.run("sharedTooFar", 1, 32, 0, out.address(), wrong),
               CUDA_ERROR_ILLEGAL_ADDRESS, "beyond the 128 bytes of shared memory");
  }
}

TEST(reset_ends_a_sticky_error) {
  Device device;
  auto kernels = Kernels::file("faults");
  Array<float> out(32);
  FAILS(kernels.run("readGlobal", 1, 32, 0, CUdeviceptr{0}, out.address()),
        CUDA_ERROR_ILLEGAL_ADDRESS);
  CUdeviceptr p;
  FAILS(cuMemAlloc_v2(&p, 4), CUDA_ERROR_ILLEGAL_ADDRESS);
  OK(cuDevicePrimaryCtxRelease_v2(0));
  FAILS(cuMemAlloc_v2(&p, 4), CUDA_ERROR_CONTEXT_IS_DESTROYED);
  CUcontext again;
  OK(cuDevicePrimaryCtxRetain(&again, 0));
  OK(cuCtxSetCurrent(again));
  OK(cuMemAlloc_v2(&p, 4));
}
