// Exact-rounded float arithmetic: add, sub, mul, fma, div, rcp, sqrt; min, max, signs, classes.
#include "exec/floats.h"
#include "exec/forms.h"

namespace softcuda {
namespace {

// Arity by lambda type: one, two or three sources.
template <auto F, bool Ftz, bool Sat, class T>
struct Modified;
template <auto F, bool Ftz, bool Sat, class C, class T>
struct Modified<F, Ftz, Sat, T (C::*)(T) const> {
  static constexpr auto value = [](T a) { return modified<F, Ftz, Sat>(a); };
};
template <auto F, bool Ftz, bool Sat, class C, class T>
struct Modified<F, Ftz, Sat, T (C::*)(T, T) const> {
  static constexpr auto value = [](T a, T b) { return modified<F, Ftz, Sat>(a, b); };
};
template <auto F, bool Ftz, bool Sat, class C, class T>
struct Modified<F, Ftz, Sat, T (C::*)(T, T, T) const> {
  static constexpr auto value = [](T a, T b, T c) { return modified<F, Ftz, Sat>(a, b, c); };
};

template <auto F, bool Ftz, bool Sat>
constexpr auto with = Modified<F, Ftz, Sat, decltype(&decltype(F)::operator())>::value;

// name{.rnd}{.ftz}{.sat}.f32; the rounding may be left out where `bare`.
template <auto F, bool Ftz, bool Sat>
void addRounded(Forms& t, const std::string& name, bool bare) {
  std::string after = std::string(Ftz ? ".ftz" : "") + (Sat ? ".sat" : "") + ".f32";
  if (bare) add<with<F, Ftz, Sat>>(t, name + after);
  add<with<F, Ftz, Sat>>(t, name + ".rn" + after);
  addDirected<with<F, Ftz, Sat>>(t, name, after);
}

template <auto F>
void addSingle(Forms& t, const std::string& name, bool bare, bool saturates) {
  addRounded<F, false, false>(t, name, bare);
  addRounded<F, true, false>(t, name, bare);
  if (!saturates) return;
  addRounded<F, false, true>(t, name, bare);
  addRounded<F, true, true>(t, name, bare);
}

template <auto F>
void addDouble(Forms& t, const std::string& name, bool bare) {
  if (bare) add<F>(t, name + ".f64");
  add<F>(t, name + ".rn.f64");
  addDirected<F>(t, name, ".f64");
}

// name{.ftz}<after>
template <auto F>
void addUnrounded(Forms& t, const std::string& name, const std::string& after) {
  add<with<F, false, false>>(t, name + after);
  add<with<F, true, false>>(t, name + ".ftz" + after);
}

// The number where one side is NaN; -0 below +0.
template <class T>
T least(T a, T b) {
  if (a != a) return b;
  if (b != b) return a;
  return a < b || (a == b && std::signbit(a)) ? a : b;
}
template <class T>
T greatest(T a, T b) {
  if (a != a) return b;
  if (b != b) return a;
  return a > b || (a == b && !std::signbit(a)) ? a : b;
}
float leastOrNan(float a, float b) { return a != a || b != b ? a + b : least(a, b); }
float greatestOrNan(float a, float b) { return a != a || b != b ? a + b : greatest(a, b); }

template <class T>
void addSigns(Forms& t, const std::string& type) {
  add<[](T a) { return std::fabs(a); }>(t, "abs" + type);
  add<[](T a) { return -a; }>(t, "neg" + type);
  add<[](T sign, T a) { return std::copysign(a, sign); }>(t, "copysign" + type);
  add<[](T a) { return std::isfinite(a); }>(t, "testp.finite" + type);
  add<[](T a) { return std::isinf(a); }>(t, "testp.infinite" + type);
  add<[](T a) { return a == a; }>(t, "testp.number" + type);
  add<[](T a) { return a != a; }>(t, "testp.notanumber" + type);
  add<[](T a) { return std::isnormal(a); }>(t, "testp.normal" + type);
  add<[](T a) { return std::fpclassify(a) == FP_SUBNORMAL; }>(t, "testp.subnormal" + type);
}

template <class T>
constexpr auto kFma = [](T a, T b, T c) { return std::fma(a, b, c); };

}  // namespace

void addFloatForms(Forms& t) {
  addSingle<[](float a, float b) { return a + b; }>(t, "add", true, true);
  addSingle<[](float a, float b) { return a - b; }>(t, "sub", true, true);
  addSingle<[](float a, float b) { return a * b; }>(t, "mul", true, true);
  addSingle<kFma<float>>(t, "fma", false, true);
  addSingle<kFma<float>>(t, "mad", false, true);
  addSingle<[](float a, float b) { return a / b; }>(t, "div", false, false);
  addSingle<[](float a) { return 1.0f / a; }>(t, "rcp", false, false);
  addSingle<[](float a) { return std::sqrt(a); }>(t, "sqrt", false, false);
  addDouble<[](double a, double b) { return a + b; }>(t, "add", true);
  addDouble<[](double a, double b) { return a - b; }>(t, "sub", true);
  addDouble<[](double a, double b) { return a * b; }>(t, "mul", true);
  addDouble<kFma<double>>(t, "fma", false);
  addDouble<kFma<double>>(t, "mad", false);
  addDouble<[](double a, double b) { return a / b; }>(t, "div", false);
  addDouble<[](double a) { return 1.0 / a; }>(t, "rcp", false);
  addDouble<[](double a) { return std::sqrt(a); }>(t, "sqrt", false);
  addUnrounded<[](float a, float b) { return least(a, b); }>(t, "min", ".f32");
  addUnrounded<[](float a, float b) { return greatest(a, b); }>(t, "max", ".f32");
  addUnrounded<[](float a, float b) { return leastOrNan(a, b); }>(t, "min", ".NaN.f32");
  addUnrounded<[](float a, float b) { return greatestOrNan(a, b); }>(t, "max", ".NaN.f32");
  add<[](double a, double b) { return least(a, b); }>(t, "min.f64");
  add<[](double a, double b) { return greatest(a, b); }>(t, "max.f64");
  addSigns<float>(t, ".f32");
  addSigns<double>(t, ".f64");
  add<[](float a) { return std::fabs(flush(a)); }>(t, "abs.ftz.f32");
  add<[](float a) { return -flush(a); }>(t, "neg.ftz.f32");
}

}  // namespace softcuda
