// Counters against what can be counted by hand.
#include "exec/footprint.h"
#include "tests/mode.h"

using namespace test;

namespace {

template <class... A>
softcudaCounters counted(const char* kernel, unsigned grid, unsigned block, A... arguments) {
  Mode mode("SOFTCUDA_CHECKS", "counters", "");
  OK(Kernels::file("counters").run(kernel, grid, block, 0, arguments...));
  softcudaCounters counters;
  softcudaLastLaunch(&counters);
  return counters;
}

}  // namespace

TEST(counts_bytes_and_sectors) {
  Device device;
  Array<float> in(std::vector<float>(32 * 9 + 1, 1)), out(128);
  for (int stride : {0, 1, 2, 8}) {
    auto c = counted("strided", 1, 32, in.address(), out.address(), stride);
    EQUAL(c.bytesRead, 128u);
    EQUAL(c.bytesWritten, 128u);
    unsigned read = stride == 0 ? 1 : 4 * stride;
    EQUAL(c.sectors, read + 4);
    EQUAL(c.leastSectors, (stride == 0 ? 1u : 4u) + 4);
  }
  // From 4 bytes on: one sector more.
  auto shifted = counted("strided", 1, 32, in.address() + 4, out.address(), 1);
  EQUAL(shifted.sectors, 9u);
  EQUAL(shifted.leastSectors, 8u);
  auto vectors = counted("wide", 1, 32, in.address(), out.address());
  EQUAL(vectors.bytesRead, 512u);
  EQUAL(vectors.sectors, 32u);
}

// Whatever the number of CTAs that ask for it.
TEST(counts_what_memory_sees_once_a_launch) {
  Device device;
  Array<float> in(std::vector<float>(32 * 8, 1)), out(32);
  for (int launch = 0; launch < 2; launch++) {
    for (int stride : {0, 1, 8}) {
      auto c = counted("strided", 5, 32, in.address(), out.address(), stride);
      EQUAL(c.bytesRead, 5u * 128);
      EQUAL(c.memoryRead, 32u * (stride == 0 ? 1 : 4 * stride));
      EQUAL(c.memoryWritten, 128u);
    }
  }
}

TEST(counts_updates_as_both) {
  Device device;
  Array<int> out(std::vector<int>(64, 0));
  auto c = counted("halves", 3, 64, out.address());
  EQUAL(c.memoryRead, 256u);
  EQUAL(c.memoryWritten, 256u);
}

TEST(counts_no_memory_for_what_the_launch_wrote) {
  Device device;
  Array<int> out(128);
  auto c = counted("writesFirst", 1, 64, out.address());
  EQUAL(c.bytesRead, 256u);
  EQUAL(c.memoryRead, 0u);
  EQUAL(c.memoryWritten, 512u);
}

TEST(counts_the_sectors_of_matrices) {
  using softcuda::sectorsOfMatrix;
  EQUAL(sectorsOfMatrix(0, 32, 4, 32), 4u);
  EQUAL(sectorsOfMatrix(16, 32, 1, 32), 2u);
  EQUAL(sectorsOfMatrix(16, 32, 2, 32), 3u);
  EQUAL(sectorsOfMatrix(0, 8, 5, 8), 2u);
  EQUAL(sectorsOfMatrix(0, 8, 4, 64), 4u);
}

TEST(counts_divergence) {
  Device device;
  Array<int> out(std::vector<int>(64, 0));
  auto c = counted("halves", 1, 64, out.address());
  EQUAL(c.divergentBranches, 2u);
  EQUAL(c.bytesRead, 64u / 2 * 4 * 10);
  CHECK(c.laneInstructions < 32 * c.warpInstructions);
}

TEST(counts_bank_conflicts) {
  Device device;
  Array<int> out(32);
  for (auto [stride, conflicts] : {std::pair{0u, 0u}, {1, 0}, {2, 1}, {4, 3}, {32, 31}, {33, 0}}) {
    auto c = counted("banks", 1, 32, out.address(), stride);
    EQUAL(c.sharedAccesses, 2u);
    EQUAL(c.bankConflicts, 2u * conflicts);
  }
}

TEST(counts_by_kernel) {
  Device device;
  softcudaClearCounters();
  EQUAL(softcudaKernelCount(), 0);
  Array<float> in(std::vector<float>(128, 1)), out(128);
  for (int i = 0; i < 3; i++) counted("strided", 1, 32, in.address(), out.address(), 1);
  counted("wide", 1, 32, in.address(), out.address());
  EQUAL(softcudaKernelCount(), 2);
  softcudaCounters c;
  EQUAL(std::string(softcudaKernel(0, &c)), "strided");
  EQUAL(c.launches, 3u);
  EQUAL(c.bytesRead, 3u * 128);
  CHECK(softcudaKernel(2, &c) == nullptr);
}
