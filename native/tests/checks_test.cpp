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

TEST(barrier_under_a_branch) {
  for (int wrong : {0, 1}) {
    Device device;
    auto kernels = Kernels::file("faults");
    Array<int> out(64);
    if (!wrong)
      OK(kernels.run("barrierUnderBranch", 1, 64, 0, out.address(), wrong));
    else
      REPORTED(kernels.run("barrierUnderBranch", 1, 64, 0, out.address(), wrong),
               CUDA_ERROR_LAUNCH_FAILED, "the barrier is divergent");
  }
}

TEST(uninitialised_local) {
  for (int wrong : {0, 1}) {
    Device device;
    auto kernels = Kernels::file("faults");
    Array<int> out(std::vector<int>(16, 3));
    if (!wrong)
      OK(kernels.run("uninitialisedLocal", 1, 16, 0, out.address(), wrong));
    else
      REPORTED(kernels.run("uninitialisedLocal", 1, 16, 0, out.address(), wrong),
               CUDA_ERROR_LAUNCH_FAILED, "thread (8,0,0): reads 4 bytes");
  }
}

TEST(integer_division_by_zero) {
  for (int wrong : {0, 1}) {
    Device device;
    auto kernels = Kernels::file("faults");
    Array<int> out(std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7});
    if (!wrong) {
      OK(kernels.run("divideByZero", 1, 8, 0, out.address(), wrong));
      EQUAL(out.get()[1], 50);
    } else {
      REPORTED(kernels.run("divideByZero", 1, 8, 0, out.address(), wrong), CUDA_ERROR_LAUNCH_FAILED,
               "thread (0,0,0): divides by zero");
    }
  }
}

TEST(call_of_no_function) {
  Device device;
  Array<int> which(std::vector<int>(32, 3));
  Array<float> x(std::vector<float>(32, 1)), out(32);
  REPORTED(Kernels::file("pointers")
               .run("choose", 1, 32, 0, which.address(), x.address(), out.address()),
           CUDA_ERROR_INVALID_PC, "thread (0,0,0): calls 0, which is no function");
}

// %r2 is written where %p1 holds, which is below thread `all`; copies of it are no use of it.
TEST(uninitialised_register) {
  for (unsigned all : {32u, 20u}) {
    Device device;
    Kernels kernels(
        ".version 7.0\n.target sm_75\n.address_size 64\n"
        ".visible .entry k(.param .u64 out, .param .u32 all)\n{\n"
        ".reg .b32 %r<9>;\n.reg .b64 %a<9>;\n.reg .pred %p<4>;\n"
        "ld.param.u64 %a1, [out];\nld.param.u32 %r3, [all];\nmov.u32 %r1, %tid.x;\n"
        "mul.wide.u32 %a2, %r1, 4;\nadd.s64 %a3, %a1, %a2;\nsetp.lt.u32 %p1, %r1, %r3;\n"
        "@%p1 mov.u32 %r2, 7;\nmov.b32 %r5, %r2;\nadd.s32 %r4, %r5, 1;\n"
        "st.global.b32 [%a3], %r4;\nret;\n}\n");
    Array<int> out(32);
    if (all == 32)
      OK(kernels.run("k", 1, 32, 0, out.address(), all));
    else
      REPORTED(kernels.run("k", 1, 32, 0, out.address(), all), CUDA_ERROR_LAUNCH_FAILED,
               "thread (20,0,0): reads the register %r5, which was never written");
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
