// For each check, a shipped kernel broken in that one way is reported, and unbroken it is not.
#include <cstring>
#include <functional>

#include "tests/mode.h"
#include "tests/mutant.h"

using namespace test;

namespace {

constexpr CUresult kFailed = CUDA_ERROR_LAUNCH_FAILED;

std::string shipped(const std::string& name) {
  return Kernels::read("../kernels/ptx/" + name + ".ptx");
}

using Run = std::function<CUresult(const std::string& text)>;

// 5 rows of 8 columns, in place, which begin `offset` floats behind an aligned place.
CUresult biasActivation(const std::string& text, int offset) {
  Device device;
  Array<float> values(std::vector<float>(40 + offset, 1)), bias(std::vector<float>(8, 1));
  CUdeviceptr at = values.address() + 4 * offset;
  return Kernels(text).run3("bias_activation", {1, 1, 1, 32, 8, 1}, 0, 5, 8, 0, at, bias.address(),
                            0, 0.0f, at);
}

// The sum of 600 squares by two blocks, into `sum`.
CUresult gradientNorm(const std::string& text, double& sum) {
  Device device;
  Array<float> gradients(std::vector<float>(600, 2));
  Array<double> partial(256);
  Array<long long> words(std::vector<long long>(32, 0));
  Array<unsigned> ticket(std::vector<unsigned>{0});
  CUresult result = Kernels(text).run("gradient_norm", 2, 256, 0, words.address(), 600ll,
                                      gradients.address(), partial.address(), ticket.address());
  constexpr int kGradientSquares = 15;
  if (!result) std::memcpy(&sum, &words.get()[kGradientSquares], sizeof sum);
  return result;
}

CUresult gradientNorm(const std::string& text) {
  double sum;
  return gradientNorm(text, sum);
}

CUresult sumLosses(const std::string& text) {
  Device device;
  Array<long long> words(std::vector<long long>(32, 0));
  Array<float> losses(std::vector<float>(600, 1));
  return Kernels(text).run("sum_losses", 1, 256, 0, words.address(), 600, losses.address(),
                           losses.address());
}

CUresult dense(const std::string& text) {
  Device device;
  Array<float> x(std::vector<float>(33 * 70, 1)), weight(std::vector<float>(40 * 70, 1)),
      bias(std::vector<float>(40, 1)), y(33 * 40);
  return Kernels(text).run3("dense", {2, 2, 1, 16, 16, 1}, 0, 33, 70, 40, x.address(),
                            weight.address(), bias.address(), 0, 0.0f, y.address(), y.address());
}

// Each n-th `part` replaced in turn is reported as `what`; there are `count`.
void eachIsReported(const std::string& kernel, const std::string& part, const std::string& by,
                    int count, CUresult error, const std::string& what, const Run& run) {
  std::string text = shipped(kernel);
  softcudaClearReports();
  CHECK_THAT(run(text) == CUDA_SUCCESS, lastReport());
  for (int n = 0; n < count; n++) {
    std::string mutant = replaced(text, kernel, part, by, n);
    std::string name = kernel + " with '" + by + "' for " + part + " number " + std::to_string(n);
    CHECK_THAT(!mutant.empty(), name);
    CUresult result = run(mutant);
    CHECK_THAT(result == error, name + " gives " + nameOf(result));
    CHECK_THAT(lastReport().find(what) != std::string::npos, name + ": " + lastReport());
  }
  CHECK_THAT(replaced(text, kernel, part, by, count).empty(), kernel + " has more of " + part);
}

}  // namespace

TEST(mutants_without_a_barrier) {
  Mode races("SOFTCUDA_CHECKS", "races", ""), order("SOFTCUDA_SEED", "0", "0");
  eachIsReported("dense", "bar.sync", "//", 2, kFailed, "shared memory", dense);
  eachIsReported("sum_losses", "bar.sync", "//", 2, kFailed, "nothing orders the two", sumLosses);
}

TEST(mutants_with_a_barrier_under_a_branch) {
  Mode noRaces("SOFTCUDA_CHECKS", "", "");
  std::string guarded =
      "{.reg .pred m; .reg .b32 t; mov.u32 t, %tid.x; setp.ne.s32 m, t, 3; @m bar.sync";
  auto closed = [&](const Run& run) {
    return [=](std::string text) {
      size_t at = text.find(guarded);
      if (at != std::string::npos) text.insert(text.find(';', at + guarded.size()) + 1, "}");
      return run(text);
    };
  };
  eachIsReported("sum_losses", "bar.sync", guarded, 2, kFailed, "barrier", closed(sumLosses));
}

TEST(mutants_with_a_row_too_many) {
  eachIsReported("bias_activation", "setp.ge.s32 \t%p8,", "setp.gt.s32 \t%p8,", 1,
                 CUDA_ERROR_ILLEGAL_ADDRESS, "behind the end of allocation",
                 [](const std::string& text) { return biasActivation(text, 0); });
}

// The kernel asks whether it may use vectors; the first questions are about `pre` and y.
TEST(mutants_with_a_misaligned_vector) {
  std::string text = shipped("bias_activation");
  CHECK_THAT(biasActivation(text, 1) == CUDA_SUCCESS, lastReport());
  for (int n : {0, 0}) text = replaced(text, "bias_activation", ", 15;", ", 0;", n);
  CHECK_THAT(biasActivation(text, 0) == CUDA_SUCCESS, lastReport());
  FAILS(biasActivation(text, 1), CUDA_ERROR_MISALIGNED_ADDRESS);
}

TEST(mutants_that_do_not_initialise) {
  for (const char* store : {"st.shared.f64 \t[%r6], %fd87", "st.shared.u8"})
    eachIsReported("gradient_norm", store, "//", 1, kFailed, "shared memory that was never written",
                   [](const std::string& text) { return gradientNorm(text); });
  eachIsReported("fill", "ld.param.f32", "//", 1, kFailed,
                 "reads the register %f1, which was never written", [](const std::string& text) {
                   Device device;
                   Array<float> values(1000);
                   return Kernels(text).run("fill", 1, 256, 0, 1000ll, 1.5f, values.address());
                 });
}

// The sum of a warp, shuffled the wrong way, is wrong; with members left out it is reported.
TEST(mutants_that_shuffle_wrongly) {
  std::string text = shipped("gradient_norm");
  double sum = 0;
  OK(gradientNorm(text, sum));
  EQUAL(sum, 2400.0);
  OK(gradientNorm(replaced(text, "gradient_norm", "shfl.sync.down", "shfl.sync.up"), sum));
  CHECK(sum != 2400.0);
  FAILS(gradientNorm(replaced(text, "gradient_norm", "%r32, %r34;", "%r32, 0xffff;")),
        CUDA_ERROR_LAUNCH_FAILED);
  std::string some =
      "{.reg .pred m; .reg .b32 t; mov.u32 t, %laneid; setp.lt.u32 m, t, 16; @m shfl.sync.down";
  std::string fewer = replaced(text, "gradient_norm", "shfl.sync.down", some);
  fewer.insert(fewer.find(';', fewer.find(some) + some.size()) + 1, "}");
  FAILS(gradientNorm(fewer), CUDA_ERROR_LAUNCH_FAILED);
}

TEST(mutants_with_loads_that_are_not_coherent) {
  Mode races("SOFTCUDA_CHECKS", "races", ""), order("SOFTCUDA_SEED", "0", "0");
  eachIsReported("copy", "ld.global.v4.f32", "ld.global.nc.v4.f32", 1, kFailed,
                 ".nc loads are for memory", [](const std::string& text) {
                   Device device;
                   Array<float> values(std::vector<float>(1000, 1));
                   return Kernels(text).run("copy", 1, 256, 0, 1000ll, values.address(),
                                            values.address());
                 });
}

// A kernel on one stream uses what another stream copies; only an event makes it wait.
TEST(mutants_without_an_event) {
  for (bool waits : {true, false}) {
    int wrong = 0;
    for (int seed = 1; seed <= 20; seed++) {
      Device device;
      softcudaDefer(seed);
      Kernels kernels(shipped("copy"));
      CUstream copies, steps;
      CUevent copied;
      CUfunction copy;
      OK(cuModuleGetFunction(&copy, kernels.module(), "copy"));
      OK(cuStreamCreate(&copies, 1));
      OK(cuStreamCreate(&steps, 1));
      OK(cuEventCreate(&copied, 0));
      void* block;
      OK(cuMemAllocHost_v2(&block, 400));
      std::fill_n(static_cast<float*>(block), 100, 3.0f);
      Array<float> x(std::vector<float>(100, 0)), y(100);
      OK(cuCtxSynchronize());
      OK(cuMemcpyHtoDAsync_v2(x, block, 400, copies));
      OK(cuEventRecord(copied, copies));
      if (waits) OK(cuStreamWaitEvent(steps, copied, 0));
      long long count = 100;
      CUdeviceptr from = x, to = y;
      void* params[] = {&count, &from, &to};
      OK(cuLaunchKernel(copy, 1, 1, 1, 256, 1, 1, 0, steps, params, nullptr));
      OK(cuCtxSynchronize());
      wrong += y.get()[99] != 3.0f;
      softcudaDefer(0);
    }
    CHECK(waits ? wrong == 0 : wrong > 0);
  }
}
