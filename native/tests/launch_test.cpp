// What a launch may ask for.
#include "tests/mode.h"

extern "C" {
CUresult cuFuncGetAttribute(int*, CUfunction_attribute, CUfunction);
CUresult cuFuncSetAttribute(CUfunction, CUfunction_attribute, int);
}

using namespace test;

namespace {

// An entry with directives and static shared memory.
Kernels bounded(const std::string& directives, int shared = 0) {
  std::string body = shared ? ".shared .align 4 .b8 s[" + std::to_string(shared) +
                                  "];\n.reg .b32 %r<2>;\nmov.u32 %r1, s;\n"
                            : "";
  return Kernels(".version 7.0\n.target sm_75\n.address_size 64\n.visible .entry k()\n" +
                 directives + "\n{\n" + body + "ret;\n}\n");
}

int attributeOf(const Kernels& kernels, int which) {
  CUfunction function;
  int value = -1;
  OK(cuModuleGetFunction(&function, kernels.module(), "k"));
  OK(cuFuncGetAttribute(&value, static_cast<CUfunction_attribute>(which), function));
  return value;
}

}  // namespace

TEST(launch_geometry) {
  Device device;
  auto kernels = Kernels::file("faults");
  Array<float> out(32);
  FAILS(kernels.run("readGlobal", 0, 32, 0, out.address(), out.address()),
        CUDA_ERROR_INVALID_VALUE);
  FAILS(kernels.run("readGlobal", 1, 1025, 0, out.address(), out.address()),
        CUDA_ERROR_INVALID_VALUE);
  FAILS(kernels.run("readGlobal", 1, 32, 49 * 1024, out.address(), out.address()),
        CUDA_ERROR_INVALID_VALUE);
}

TEST(launch_bounds) {
  Device device;
  auto most = bounded(".maxntid 16, 4, 2");
  EQUAL(attributeOf(most, 0), 128);
  OK(most.run("k", 1, 128, 0));
  FAILS(most.run("k", 1, 129, 0), CUDA_ERROR_INVALID_VALUE);
  auto exact = bounded(".reqntid 32, 4");
  EQUAL(attributeOf(exact, 0), 128);
  OK(exact.run3("k", {1, 1, 1, 32, 4, 1}, 0));
  FAILS(exact.run("k", 1, 128, 0), CUDA_ERROR_INVALID_VALUE);
  FAILS(exact.run("k", 1, 32, 0), CUDA_ERROR_INVALID_VALUE);
}

// By NVIDIA's occupancy tables: 8 warps of 255 registers, 28 of 65, 32 of 64.
TEST(registers_bound_the_threads) {
  Device device;
  auto plain = bounded(""), few = bounded(".maxnreg 32"), most = bounded(".maxntid 1024");
  OK(plain.run("k", 1, 1024, 0));
  for (auto [registers, threads] : {std::pair{"255", 256u}, {"65", 896u}, {"64", 1024u}}) {
    Mode mode("SOFTCUDA_REGISTERS", registers, "0");
    EQUAL(attributeOf(plain, 0), static_cast<int>(threads));
    OK(plain.run("k", 1, threads, 0));
    if (threads < 1024)
      FAILS(plain.run("k", 1, threads + 1, 0), CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
    EQUAL(attributeOf(few, 4), 32);
    OK(few.run("k", 1, 1024, 0));
    OK(most.run("k", 1, 1024, 0));
  }
}

TEST(shared_memory_beyond_48_KiB_is_asked_for) {
  Device device;
  constexpr int k48 = 48 * 1024;
  auto kernels = bounded("", 1024);
  CUfunction function;
  OK(cuModuleGetFunction(&function, kernels.module(), "k"));
  EQUAL(attributeOf(kernels, 8), k48 - 1024);
  OK(kernels.run("k", 1, 32, k48 - 1024));
  FAILS(kernels.run("k", 1, 32, k48 - 1023), CUDA_ERROR_INVALID_VALUE);
  auto dynamic = static_cast<CUfunction_attribute>(8);
  OK(cuFuncSetAttribute(function, dynamic, 100 * 1024));
  OK(kernels.run("k", 1, 32, 100 * 1024));
  FAILS(kernels.run("k", 1, 32, 100 * 1024 + 1), CUDA_ERROR_INVALID_VALUE);
  FAILS(cuFuncSetAttribute(function, dynamic, 160 * 1024), CUDA_ERROR_INVALID_VALUE);
  CUmodule module;
  FAILS(cuModuleLoadData(&module,
                         ".version 7.0\n.target sm_75\n.address_size 64\n.visible .entry "
                         "k()\n{\n.shared .b8 s[49153];\nret;\n}\n"),
        CUDA_ERROR_INVALID_PTX);
}
