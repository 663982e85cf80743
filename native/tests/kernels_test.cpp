// Kernels compiled by nvcc, against the same computation on the host.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>

#include "tests/device.h"

using namespace test;

namespace {

std::mt19937 random_(7);

std::vector<float> floats(size_t count, float low = -1, float high = 1) {
  std::uniform_real_distribution<float> draw(low, high);
  std::vector<float> values(count);
  for (float& v : values) v = draw(random_);
  return values;
}

bool near(double a, double b, double relative) {
  return std::fabs(a - b) <= relative * (1e-6 + std::fabs(b));
}

int collatz(unsigned n) {
  int steps = 0;
  for (; n != 1; steps++) {
    if (steps > 500) return -1;
    n = n % 2 == 0 ? n / 2 : 3 * n + 1;
  }
  return steps;
}

}  // namespace

TEST(saxpy) {
  Device device;
  auto kernels = Kernels::file("saxpy");
  for (int n : {1, 13, 127, 128, 207, 4098}) {
    for (std::string name : {"saxpy", "saxpy4"}) {
      auto x = floats(n), y = floats(n);
      Array<float> dx(x), dy(y);
      OK(kernels.run(name.c_str(), (n + 127) / 128, 128, 0, n, 2.5f, dx.address(), dy.address()));
      auto got = dy.get();
      for (int i = 0; i < n; i++) EQUAL(got[i], std::fma(2.5f, x[i], y[i]));
    }
  }
  EQUAL(softcudaReportCount(), 0);
}

TEST(transpose) {
  Device device;
  auto kernels = Kernels::file("transpose");
  for (auto [rows, columns] : {std::pair{1, 1}, {13, 207}, {127, 128}, {64, 96}}) {
    auto in = floats(rows * columns);
    Array<float> from(in), to(in.size());
    OK(kernels.run3("transpose", {(columns + 31u) / 32, (rows + 31u) / 32, 1, 32, 8, 1}, 0, rows,
                    columns, from.address(), to.address()));
    auto got = to.get();
    for (int r = 0; r < rows; r++)
      for (int c = 0; c < columns; c++) EQUAL(got[c * rows + r], in[r * columns + c]);
  }
  EQUAL(softcudaReportCount(), 0);
}

TEST(reduce) {
  Device device;
  auto kernels = Kernels::file("reduce");
  for (int n : {1, 13, 1000, 40000}) {
    auto in = floats(n, 0, 1);
    double sum = std::accumulate(in.begin(), in.end(), 0.0);
    Array<float> d(in), partial(8), out(1);
    OK(kernels.run("reduce", 8, 256, 0, n, d.address(), partial.address()));
    OK(kernels.run("reduce", 1, 256, 0, 8, partial.address(), out.address()));
    CHECK(near(out.get()[0], sum, 1e-5));
    Array<float> again(8), last(1);
    Array<unsigned> done(std::vector<unsigned>{0});
    OK(kernels.run("reduceLast", 8, 128, 512, n, d.address(), again.address(), done.address(),
                   last.address()));
    CHECK(near(last.get()[0], sum, 1e-5));
    EQUAL(done.get()[0], 0u);
  }
  EQUAL(softcudaReportCount(), 0);
}

TEST(divergent_loops_and_calls) {
  Device device;
  auto kernels = Kernels::file("diverge");
  std::vector<unsigned> in(207);
  for (size_t i = 0; i < in.size(); i++) in[i] = i * 7 % 41;
  Array<unsigned> d(in);
  Array<int> out(in.size());
  OK(kernels.run("diverge", 2, 128, 0, 207, d.address(), out.address()));
  auto got = out.get();
  for (int i = 0; i < 207; i++) {
    int sum = 0;
    for (unsigned k = 0; k < in[i]; k++) {
      if (k % 3 == static_cast<unsigned>(i % 3)) continue;
      if (sum > 1000) break;
      sum += k % 2 == 0 ? static_cast<int>(k) : collatz(k + 1);
    }
    EQUAL(got[i], sum);
  }
}

TEST(switch_of_functions) {
  Device device;
  auto kernels = Kernels::file("diverge");
  std::vector<int> in(207);
  std::iota(in.begin(), in.end(), 1);
  Array<int> d(in);
  Array<float> out(in.size());
  OK(kernels.run("choose", 2, 128, 0, 207, d.address(), out.address()));
  auto got = out.get();
  for (size_t i = 0; i < in.size(); i++) {
    double x = in[i];
    double expected[] = {std::exp(x * 0.01),         std::log(x),     std::sqrt(x),
                         std::tanh(x * 0.1),         1 / x,           std::log1p(x),
                         std::cos(M_PI * (x / 7.0)), std::pow(x, 0.3)};
    CHECK_THAT(near(got[i], expected[in[i] % 8], in[i] % 8 == 6 ? 2e-5 : 3e-6),
               "choose of " + std::to_string(in[i]));
  }
}

TEST(calls_through_pointers) {
  Device device;
  std::vector<int> which(64);
  std::vector<float> x(64);
  for (int i = 0; i < 64; i++) which[i] = i % 5 == 4 ? 3 : i * 7 % 3, x[i] = 0.5f + i;
  Array<int> dw(which);
  Array<float> dx(x), out(64);
  OK(Kernels::file("pointers").run("choose", 1, 64, 0, dw.address(), dx.address(), out.address()));
  auto got = out.get();
  for (int i = 0; i < 64; i++) {
    int n = i % 4;
    float power = 1;
    for (int k = 0; k < n; k++) power *= x[i];
    float expected[] = {x[i] + n, power, n > 2 ? (x[i] + n) * 2 : x[i], x[i]};
    EQUAL(got[i], expected[which[i]]);
  }
}

TEST(atomics) {
  Device device;
  auto kernels = Kernels::file("atomics");
  int n = 5000;
  std::vector<unsigned char> in(n);
  for (auto& v : in) v = random_() & 255;
  Array<unsigned char> d(in);
  Array<unsigned> bins(std::vector<unsigned>(256, 0));
  OK(kernels.run("histogram", 4, 128, 0, n, d.address(), bins.address()));
  std::vector<unsigned> expected(256);
  for (auto v : in) expected[v]++;
  CHECK(bins.get() == expected);

  std::vector<int> values(1000);
  for (auto& v : values) v = random_() % 100000;
  Array<int> dv(values), least(std::vector<int>{1 << 30}), greatest(std::vector<int>{-1});
  Array<unsigned long long> sum(std::vector<unsigned long long>{0});
  Array<float> total(std::vector<float>{0});
  Array<unsigned> even(std::vector<unsigned>{0});
  OK(kernels.run("extremes", 4, 256, 0, 1000, dv.address(), least.address(), greatest.address(),
                 sum.address(), total.address(), even.address()));
  EQUAL(least.get()[0], *std::min_element(values.begin(), values.end()));
  EQUAL(greatest.get()[0], *std::max_element(values.begin(), values.end()));
  EQUAL(sum.get()[0], std::accumulate(values.begin(), values.end(), 0ull));
  float low = 0;
  unsigned evens = 0;
  for (int v : values) low += v & 7, evens += v % 2 == 0;
  EQUAL(total.get()[0], low);
  EQUAL(even.get()[0], evens);

  Array<int> mutex(std::vector<int>{0}), counter(std::vector<int>{0});
  OK(kernels.run("lock", 3, 70, 0, mutex.address(), counter.address()));
  EQUAL(counter.get()[0], 210);
  EQUAL(softcudaReportCount(), 0);
}

TEST(philox_words) {
  Device device;
  auto kernels = Kernels::file("numbers");
  CUdeviceptr counter;
  size_t bytes;
  OK(cuModuleGetGlobal_v2(&counter, &bytes, kernels.module(), "counter"));
  EQUAL(bytes, 4u);
  unsigned zero = 0;
  OK(cuMemcpyHtoD_v2(counter, &zero, 4));
  Array<unsigned> out(4);
  OK(kernels.run("philox", 1, 32, 0, 1, 0ull, out.address()));
  // The first known answer of Random123's Philox4x32-10: counter and key zero.
  CHECK((out.get() == std::vector<unsigned>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
}

TEST(integers) {
  Device device;
  auto kernels = Kernels::file("numbers");
  std::vector<long long> a(207), b(207);
  for (auto& v : a) v = static_cast<long long>(random_()) << 32 | random_();
  for (auto& v : b) v = (static_cast<long long>(random_()) << 20 | random_()) - (1ll << 50);
  b[3] = 1;
  Array<long long> da(a), db(b), out(a.size());
  OK(kernels.run("integers", 7, 32, 0, 207, da.address(), db.address(), out.address()));
  auto got = out.get();
  for (size_t i = 0; i < a.size(); i++) {
    using U = unsigned long long;
    long long x = a[i], y = b[i];
    U r = 0;
    r += U(x / y) + U(x % y) + U(static_cast<__int128>(x) * y >> 64) + U(x >> (y & 63)) +
         U(__builtin_clzll(x)) + U(__builtin_popcountll(y));
    unsigned reversed = 0, ux = x, uy = y;
    for (int k = 0; k < 32; k++) reversed |= (ux >> k & 1) << (31 - k);
    U t = U((int)ux / (int)(uy | 1)) + U(reversed) + U(__builtin_ffs(uy));
    r ^= t;
    unsigned permuted = 0;
    for (int k = 0; k < 4; k++) {
      unsigned choice = 0x5140 >> 4 * k & 15;
      permuted |= unsigned((U(uy) << 32 | ux) >> 8 * choice & 255) << 8 * k;
    }
    r += U(permuted + (uy << 13 | ux >> 19));
    unsigned distance = (ux > uy ? ux - uy : uy - ux) + 5u;
    r += U(unsigned(std::min((short)x, (short)y) + (unsigned char)x * 3) + distance);
    EQUAL(got[i], static_cast<long long>(r));
  }
}

TEST(doubles) {
  Device device;
  auto kernels = Kernels::file("numbers");
  std::vector<double> a(100), b(100);
  std::uniform_real_distribution<double> draw(0.1, 3);
  for (auto& v : a) v = draw(random_);
  for (auto& v : b) v = draw(random_);
  Array<double> da(a), db(b), out(100);
  OK(kernels.run("doubles", 1, 128, 0, 100, da.address(), db.address(), out.address()));
  auto got = out.get();
  for (int i = 0; i < 100; i++) {
    double x = a[i], y = b[i];
    double expected = std::sqrt(x * x + y) / (1 + y) + std::exp(-x) + std::log(y) +
                      std::pow(x, 1.5) + std::fmin(x, y) + (double)(float)x +
                      (double)(long long)(x * 1e6) + std::rint(y * 3);
    CHECK(near(got[i], expected, 1e-13));
  }
}

TEST(local_memory) {
  Device device;
  auto kernels = Kernels::file("numbers");
  auto in = floats(40 * 16);
  Array<float> d(in), out(in.size());
  OK(kernels.run("sortLocal", 1, 40, 0, 16, d.address(), out.address()));
  for (int i = 0; i < 40; i++) std::sort(in.begin() + i * 16, in.begin() + (i + 1) * 16);
  CHECK(out.get() == in);
}
