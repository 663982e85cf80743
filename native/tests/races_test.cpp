// Races are found, and kernels that order their accesses pass.
#include "tests/mode.h"
#include "tests/mutant.h"

using namespace test;

namespace {

bool says(const std::string& part) { return lastReport().find(part) != std::string::npos; }

// Races are looked for in one order, so that the first finding is known.
struct Looking {
  Mode checks{"SOFTCUDA_CHECKS", "races", ""};
  Mode order{"SOFTCUDA_SEED", "0", "0"};
};

// Runs a kernel of races.cu; an empty `part` for no finding.
template <class... A>
void race(const char* name, unsigned grid, unsigned block, const std::string& part,
          A... arguments) {
  auto kernels = Kernels::file("races");
  CUresult result = kernels.run(name, grid, block, 0, arguments...);
  if (part.empty()) {
    CHECK_THAT(result == CUDA_SUCCESS, lastReport());
    return;
  }
  CHECK_THAT(result == CUDA_ERROR_LAUNCH_FAILED, std::string(name) + " passes");
  CHECK_THAT(says(part), "the report says: " + lastReport());
}

void inShared(const char* name, unsigned block, const std::string& part) {
  for (int wrong : {0, 1}) {
    Device device;
    Array<int> out(64);
    race(name, 1, block, wrong ? part : "", out.address(), wrong);
  }
}

// Without each of the lines that contain `part`, in turn, the kernel is reported. How many.
template <class Run>
int eachMutantFails(const std::string& text, const std::string& kernel, const std::string& part,
                    Run run) {
  for (int n = 0;; n++) {
    std::string mutant = without(text, kernel, part, n);
    if (mutant.empty()) return n;
    CHECK_THAT(run(mutant) == CUDA_ERROR_LAUNCH_FAILED,
               kernel + " passes without " + part + " number " + std::to_string(n));
  }
}

}  // namespace

TEST(races_in_shared_memory) {
  Looking looking;
  inShared("neighbours", 64, "which thread (0,0,0) wrote at line");
  inShared("tooSoon", 64, "and nothing orders the two");
  inShared("withinWarp", 32, "which thread (1,0,0) wrote at line");
  inShared("halfWarps", 32, "which thread (16,0,0) wrote at line");
  inShared("producer", 64, "in shared memory, which thread");
  inShared("oneFlag", 64, "writes 4 bytes at 0x0, in shared memory, which thread (31,0,0) wrote");
  inShared("oneFlagInWarp", 64, "thread (1,0,0): writes 4 bytes");
  inShared("bytes", 64, "writes 1 bytes");
}

TEST(races_of_blocks) {
  Looking looking;
  for (int wrong : {0, 1}) {
    Device device;
    Array<int> out(256);
    race("acrossBlocks", 4, 64, wrong ? "thread (0,0,0): writes 4 bytes at" : "", out.address(),
         wrong);
    if (wrong) CHECK(says("CTA (1,0,0)") && says("which thread (63,0,0) of CTA (0,0,0) wrote"));
  }
}

TEST(races_with_atomics) {
  Looking looking;
  for (int wrong : {0, 1}) {
    Device device;
    Array<int> count(std::vector<int>{0}), out(256);
    race("counter", 4, 64, wrong ? "and nothing orders the two" : "", count.address(),
         out.address(), wrong);
  }
}

TEST(last_block_needs_a_fence) {
  Looking looking;
  for (int wrong : {0, 1, 2}) {
    Device device;
    Array<int> partial(256), out(64);
    Array<unsigned> done(std::vector<unsigned>{0});
    race("lastBlock", 4, 64, wrong ? "reads 4 bytes" : "", partial.address(), done.address(),
         out.address(), wrong);
    if (wrong == 0) EQUAL(out.get()[63], 4 * 63);
  }
}

TEST(lock_needs_a_fence) {
  Looking looking;
  for (int wrong : {0, 1}) {
    Device device;
    Array<int> lock(std::vector<int>{0}), count(std::vector<int>{0});
    race("locked", 3, 64, wrong ? "and nothing orders the two" : "", lock.address(),
         count.address(), wrong);
    if (!wrong) EQUAL(count.get()[0], 6);
  }
}

TEST(non_coherent_loads_of_written_memory) {
  Looking looking;
  for (int wrong : {0, 1}) {
    Device device;
    Array<int> values(64), out(64);
    race("readOnly", 1, 64, wrong ? ".nc loads are for memory that no thread writes" : "",
         values.address(), out.address(), wrong);
  }
}

// Every barrier of these kernels, and the fence, is needed: without it they are reported.
TEST(each_barrier_of_a_reduction_is_needed) {
  Looking looking;
  std::string ptx = Kernels::read("tests/kernels/ptx/reduce.ptx");
  auto run = [](const std::string& text) {
    Device device;
    Array<float> in(std::vector<float>(4000, 1)), partial(8), out(1);
    Array<unsigned> done(std::vector<unsigned>{0});
    return Kernels(text).run("reduceLast", 8, 128, 512, 4000, in.address(), partial.address(),
                             done.address(), out.address());
  };
  OK(run(ptx));
  EQUAL(eachMutantFails(ptx, "reduceLast", "bar.sync", run), 3);
  EQUAL(eachMutantFails(ptx, "reduceLast", "membar.gl", run), 1);
}

// The barrier that ends a block's sum and the one that begins lastBlock follow each other.
TEST(barriers_of_the_gradient_norm) {
  Looking looking;
  std::string ptx = Kernels::read("../kernels/ptx/gradient_norm.ptx");
  auto run = [](const std::string& text) {
    Device device;
    Array<float> gradients(std::vector<float>(20000, 1));
    Array<double> partial(256);
    Array<long long> words(std::vector<long long>(32, 0));
    Array<unsigned> ticket(std::vector<unsigned>{0});
    return Kernels(text).run("gradient_norm", 5, 256, 0, words.address(), 20000ll,
                             gradients.address(), partial.address(), ticket.address());
  };
  OK(run(ptx));
  for (int n : {1, 2, 5}) OK(run(without(ptx, "gradient_norm", "bar.sync", n)));
  for (int n : {0, 3, 4})
    FAILS(run(without(ptx, "gradient_norm", "bar.sync", n)), CUDA_ERROR_LAUNCH_FAILED);
  FAILS(run(without(ptx, "gradient_norm", "membar.gl", 0)), CUDA_ERROR_LAUNCH_FAILED);
}
