// libdevice's functions over all magnitudes, against the errors that the CUDA C++ programming guide
// states for them. Those are measured on cards: where approximate instructions err by the PTX ISA's
// bounds, expf, which ends with ex2, errs by the two ulps of that more; the others hold.
#include <bit>
#include <cmath>

#include "tests/mode.h"

using namespace test;

namespace {

struct Bounded {
  const char* name;
  double (*exact)(double x, double y);
  double ulps;        // at most
  double erring = 0;  // more where approximations err
};

const Bounded kFunctions[] = {{"expf", [](double x, double) { return std::exp(x); }, 2, 2},
                              {"logf", [](double x, double) { return std::log(x); }, 1},
                              {"sinf", [](double x, double) { return std::sin(x); }, 2},
                              {"cosf", [](double x, double) { return std::cos(x); }, 2},
                              {"log1pf", [](double x, double) { return std::log1p(x); }, 1},
                              {"powf", [](double x, double y) { return std::pow(x, y); }, 4}};

// Every exponent, both signs, three fractions; and the neighbourhood of 1 and of multiples of pi/2.
std::vector<float> operands() {
  std::vector<float> found;
  for (unsigned exponent = 0; exponent < 256; exponent++)
    for (unsigned fraction : {0u, 0x2aaaabu, 0x7fffffu})
      for (unsigned sign : {0u, 0x80000000u})
        found.push_back(std::bit_cast<float>(sign | exponent << 23 | fraction));
  for (int i = -300; i <= 300; i++) {
    found.push_back(1 + i * 0x1p-12f);
    found.push_back(static_cast<float>(i * M_PI_2));
    found.push_back(i * 0.3f);
  }
  return found;
}

// Exponents that keep most powers finite.
std::vector<float> exponents(size_t count) {
  std::vector<float> found;
  for (size_t i = 0; i < count; i++) found.push_back(static_cast<float>(i * 37 % 101) / 16 - 3);
  return found;
}

bool isNear(float got, double exact, double ulps) {
  auto nearest = static_cast<float>(exact);
  if (std::isnan(nearest)) return std::isnan(got);
  if (got == nearest) return true;
  double ulp = std::nextafter(std::fabs(nearest), INFINITY) - std::fabs(nearest);
  if (std::isinf(nearest)) ulp = 0x1p104;
  double from = std::isinf(got) ? std::copysign(0x1p128, got) : got;
  return std::fabs(from - exact) <= ulps * ulp;
}

}  // namespace

TEST(libdevice_keeps_its_bounds) {
  auto x = operands(), y = exponents(x.size());
  int n = static_cast<int>(x.size());
  for (const char* mode : {"exact", "plus", "minus", "hashed"}) {
    Mode set("SOFTCUDA_APPROXIMATION", mode, "exact");
    Device device;
    Array<float> dx(x), dy(y), out(x.size() * std::size(kFunctions));
    OK(Kernels::file("libdevice")
           .run("functions", (n + 127) / 128, 128, 0, n, dx.address(), dy.address(),
                out.address()));
    auto got = out.get();
    for (size_t f = 0; f < std::size(kFunctions); f++) {
      bool errs = std::string(mode) != "exact";
      double bound = kFunctions[f].ulps + (errs ? kFunctions[f].erring : 0);
      for (size_t i = 0; i < x.size(); i++) {
        double exact = kFunctions[f].exact(x[i], y[i]);
        float value = got[f * x.size() + i];
        char text[160];
        std::snprintf(text, sizeof text, "%s(%a, %a), %s: %a, not %a", kFunctions[f].name, x[i],
                      y[i], mode, value, exact);
        CHECK_THAT(isNear(value, exact, bound), text);
      }
    }
  }
}
