// Approximate instructions: the exact value, rounded once to float32.
#include "exec/floats.h"
#include "exec/forms.h"

namespace softcuda {
namespace {

// name.approx{.ftz}.f32 of one source, computed in double.
template <auto F>
void addOne(Forms& t, const std::string& name) {
  constexpr auto rounded = [](float a) { return static_cast<float>(F(static_cast<double>(a))); };
  add<[](float a) { return modified<rounded, false, false>(a); }>(t, name + ".approx.f32");
  add<[](float a) { return modified<rounded, true, false>(a); }>(t, name + ".approx.ftz.f32");
}

constexpr auto kDivide = [](float a, float b) { return a / b; };

// The double approximations read and write the upper 32 bits only, subnormals flushed.
double upper(double x) {
  uint64_t bits = std::bit_cast<uint64_t>(x) & 0xffffffff00000000ull;
  bool tiny = (bits & 0x7ff0000000000000ull) == 0;
  return std::bit_cast<double>(tiny ? bits & 1ull << 63 : bits);
}

}  // namespace

void addApproximateForms(Forms& t) {
  addOne<[](double a) { return std::exp2(a); }>(t, "ex2");
  addOne<[](double a) { return std::log2(a); }>(t, "lg2");
  addOne<[](double a) { return 1.0 / a; }>(t, "rcp");
  addOne<[](double a) { return std::sqrt(a); }>(t, "sqrt");
  addOne<[](double a) { return 1.0 / std::sqrt(a); }>(t, "rsqrt");
  addOne<[](double a) { return std::sin(a); }>(t, "sin");
  addOne<[](double a) { return std::cos(a); }>(t, "cos");
  addOne<[](double a) { return std::tanh(a); }>(t, "tanh");
  for (std::string kind : {".approx", ".full"}) {
    add<[](float a, float b) { return modified<kDivide, false, false>(a, b); }>(
        t, "div" + kind + ".f32");
    add<[](float a, float b) { return modified<kDivide, true, false>(a, b); }>(
        t, "div" + kind + ".ftz.f32");
  }
  add<[](double a) { return upper(1.0 / upper(a)); }>(t, "rcp.approx.ftz.f64");
  add<[](double a) { return upper(1.0 / std::sqrt(upper(a))); }>(t, "rsqrt.approx.ftz.f64");
  add<[](double a) { return 1.0 / std::sqrt(a); }>(t, "rsqrt.approx.f64");
}

}  // namespace softcuda
