// The modes that shuffle and err.
#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/mode.h"

using namespace test;

namespace {

// In which order 16 blocks of 64 threads arrive.
std::vector<int> arrivals() {
  Device device;
  Array<int> count(std::vector<int>{0}), out(1024);
  OK(Kernels::file("modes").run("arrivals", 16, 64, 0, count.address(), out.address()));
  return out.get();
}

// A function as the approximations compute it, and its greatest error by the PTX ISA.
struct Approximated {
  double (*exact)(double);
  double (*bound)(double x, double y);
};

double ulp(double y) {
  return std::nextafter(std::fabs(static_cast<float>(y)), INFINITY) -
         std::fabs(static_cast<float>(y));
}

const Approximated kFunctions[] = {
    {[](double x) { return std::exp2(x); }, [](double, double y) { return 2 * ulp(y); }},
    {[](double x) { return std::log2(x); },
     [](double x, double y) { return x < 2 && x > 0.5 ? 0x1p-22 : 0x1p-22 * std::fabs(y); }},
    {[](double x) { return 1 / x; }, [](double, double y) { return ulp(y); }},
    {[](double x) { return std::sqrt(x); }, [](double, double y) { return 0x1p-23 * y; }},
    {[](double x) { return 1 / std::sqrt(x); },
     [](double, double y) { return std::exp2(-22.9) * y; }},
    {[](double x) { return std::sin(x); }, [](double, double) { return std::exp2(-20.5); }},
    {[](double x) { return std::cos(x); }, [](double, double) { return std::exp2(-20.5); }},
    {[](double x) { return std::tanh(x); }, [](double, double y) { return 0x1p-11 * y; }},
    {[](double x) { return x / 3; }, [](double, double y) { return 2 * ulp(y); }}};
constexpr size_t kFunctionCount = std::size(kFunctions);

std::vector<float> operands() {
  std::vector<float> x;
  for (int i = 1; i <= 128; i++) x.push_back(0.0237f * i);
  return x;
}

std::vector<float> approximated(const std::string& mode) {
  Mode set("SOFTCUDA_APPROXIMATION", mode, "exact");
  Device device;
  Array<float> x(operands()), out(x.get().size() * kFunctionCount);
  OK(Kernels::file("modes").run("approximate", 1, 128, 0, x.address(), out.address()));
  return out.get();
}

}  // namespace

TEST(seeds_shuffle_and_repeat) {
  std::vector<std::vector<int>> orders;
  for (const char* seed : {"5", "5", "6"}) {
    Mode mode("SOFTCUDA_SEED", seed, "0");
    orders.push_back(arrivals());
  }
  CHECK(orders[0] == orders[1]);
  CHECK(orders[0] != orders[2]);
  auto& one = orders[0];
  // Blocks take turns, and lanes of one atomic come in any order.
  auto block = [&](int i) { return one[i] / 64; };
  int changes = 0, descents = 0;
  for (int i = 1; i < 1024; i++) {
    changes += block(i) != block(i - 1);
    descents += block(i) == block(i - 1) && one[i] < one[i - 1];
  }
  CHECK(changes > 15);
  CHECK(descents > 240);
  std::sort(one.begin(), one.end());
  for (int i = 0; i < 1024; i++) EQUAL(one[i], i);
}

TEST(seeds_shuffle_branches) {
  bool evenFirst = false, oddFirst = false;
  for (int seed = 1; seed <= 20; seed++) {
    Mode mode("SOFTCUDA_SEED", std::to_string(seed), "0");
    Device device;
    Array<int> count(std::vector<int>{0, 0, 0}), out(32);
    OK(Kernels::file("modes").run("branches", 1, 32, 0, count.address(), out.address()));
    (out.get()[0] < 16 ? evenFirst : oddFirst) = true;
    EQUAL(count.get()[1], 320);
  }
  CHECK(evenFirst && oddFirst);
}

TEST(approximations_err_within_their_bounds) {
  auto x = operands();
  auto exact = approximated("exact"), plus = approximated("plus"), minus = approximated("minus"),
       hashed = approximated("hashed");
  for (size_t f = 0; f < kFunctionCount; f++) {
    int above = 0, below = 0, ups = 0;
    for (size_t i = 0; i < x.size(); i++) {
      size_t at = f * x.size() + i;
      double y = kFunctions[f].exact(x[i]), bound = kFunctions[f].bound(x[i], y);
      std::string where = "function " + std::to_string(f) + " of " + std::to_string(x[i]);
      CHECK_THAT(exact[at] == static_cast<float>(y), where);
      CHECK_THAT(std::fabs(plus[at] - y) <= bound * (1 + 1e-12), where);
      CHECK_THAT(std::fabs(minus[at] - y) <= bound * (1 + 1e-12), where);
      CHECK_THAT(hashed[at] == plus[at] || hashed[at] == minus[at], where);
      CHECK_THAT(minus[at] <= exact[at] && exact[at] <= plus[at], where);
      above += plus[at] > exact[at];
      below += minus[at] < exact[at];
      ups += hashed[at] == plus[at];
    }
    int many = static_cast<int>(x.size()) / 3;
    CHECK_THAT(above > many && below > many, "function " + std::to_string(f));
    CHECK_THAT(ups > many && ups < 3 * many, "function " + std::to_string(f));
  }
}

TEST(without_work_nothing_is_computed) {
  Device device;
  Array<int> count(std::vector<int>{0}), out(std::vector<int>(64, -1));
  {
    Mode mode("SOFTCUDA_WORK", "none", "all");
    OK(Kernels::file("modes").run("arrivals", 1, 64, 0, count.address(), out.address()));
    CHECK(out.get() == std::vector<int>(64, -1));
    CHECK(Kernels::file("modes").run("arrivals", 1, 2048, 0, count.address(), out.address()) !=
          CUDA_SUCCESS);
  }
  OK(Kernels::file("modes").run("arrivals", 1, 64, 0, count.address(), out.address()));
  CHECK(out.get() != std::vector<int>(64, -1));
  EQUAL(softcudaConfigure("SOFTCUDA_WORK", "some"), 0);
}
