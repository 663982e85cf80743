// Counters against what can be counted by hand.
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
