// The kernels that gpuvae ships: every module loads, which means every instruction is supported.
#include <filesystem>

#include "tests/device.h"

using namespace test;

TEST(shipped_kernels_load) {
  Device device;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(
           Kernels::folder("SOFTCUDA_SHIPPED_PTX", "../kernels/ptx"))) {
    if (entry.path().extension() != ".ptx") continue;
    Kernels kernels(Kernels::read(entry.path()));
    OK(cuModuleUnload(kernels.module()));
    count++;
  }
  CHECK(count > 0);
}
