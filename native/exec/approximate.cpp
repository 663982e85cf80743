// Approximate instructions: the exact value, rounded once, or moved by as much as the PTX ISA
// allows in the direction that the settings say.
#include "exec/floats.h"
#include "exec/forms.h"
#include "exec/random.h"
#include "exec/settings.h"

namespace softcuda {
namespace {

double ulp(double y) {
  float magnitude = std::fabs(static_cast<float>(y));
  return double{std::nextafter(magnitude, HUGE_VALF)} - magnitude;
}

// The greatest errors that the PTX ISA states, by operand and exact result.
constexpr auto kOneUlp = [](double, double y) { return std::fmin(ulp(y), std::fabs(y)); };
constexpr auto kTwoUlp = [](double, double y) { return std::fmin(2 * ulp(y), std::fabs(y)); };
constexpr auto kLg2 = [](double a, double y) {
  return 0x1p-22 * (a > 0.5 && a < 2 ? 1 : std::fabs(y));
};
constexpr auto kSqrt = [](double, double y) { return 0x1p-23 * std::fabs(y); };
constexpr auto kRsqrt = [](double, double y) { return 0x1.125fbee25066p-23 * std::fabs(y); };
constexpr auto kSine = [](double, double) { return 0x1.6a09e667f3bcdp-21; };
constexpr auto kTanh = [](double, double y) { return 0x1p-11 * std::fabs(y); };

// The farthest float within `error` of y, upwards or downwards.
float farthest(double y, double error) {
  float x = static_cast<float>(y + error);
  bool beyond = std::fabs(x - y) > std::fabs(error);
  return beyond && std::isfinite(x) ? std::nextafter(x, static_cast<float>(y)) : x;
}

// y of the operand a, erring. Zeros, infinities and NaN are exact, and so is the sine's range.
template <auto Bound, bool Unit>
float erring(double a, double y) {
  float exact = static_cast<float>(y);
  if (a == 0 || !std::isfinite(a) || !std::isfinite(exact)) return exact;
  Approximation mode = settings().approximation.load(std::memory_order_relaxed);
  bool up = mode == Approximation::Plus;
  if (mode == Approximation::Hashed) up = Random(std::bit_cast<uint64_t>(a)).next() & 1;
  float x = farthest(y, up ? Bound(a, y) : -Bound(a, y));
  return Unit ? std::fmin(std::fmax(x, -1.0f), 1.0f) : x;
}

template <Execute Exact, Execute Erring>
void byMode(Warp& warp, const Insn& insn, Mask mask) {
  bool exact = settings().approximation.load(std::memory_order_relaxed) == Approximation::Exact;
  (exact ? Exact : Erring)(warp, insn, mask);
}

// Adds a form whose executor depends on the mode.
template <auto Exact, auto Erring>
void addBoth(Forms& t, const std::string& name) {
  using Signature = SignatureOf<decltype(&decltype(Exact)::operator())>;
  t[name] = Signature::form(byMode<Lanewise<Exact, typename Signature::Plain>::run,
                                   Lanewise<Erring, typename Signature::Plain>::run>);
}

template <auto F, auto Bound, bool Unit, bool Ftz>
void addOneForm(Forms& t, const std::string& name) {
  constexpr auto exact = [](float a) { return static_cast<float>(F(static_cast<double>(a))); };
  constexpr auto moved = [](float a) { return erring<Bound, Unit>(a, F(static_cast<double>(a))); };
  addBoth<[](float a) { return modified<exact, Ftz, false>(a); },
          [](float a) { return modified<moved, Ftz, false>(a); }>(t, name);
}

// name.approx{.ftz}.f32 of one source, computed in double; Unit: never beyond -1 and 1.
template <auto F, auto Bound, bool Unit = false>
void addOne(Forms& t, const std::string& name) {
  addOneForm<F, Bound, Unit, false>(t, name + ".approx.f32");
  if (name != "tanh") addOneForm<F, Bound, Unit, true>(t, name + ".approx.ftz.f32");
}

// .approx multiplies by a reciprocal, which is 0 for divisors beyond 2^126; .full scales before.
template <bool Full>
float divisor(float b) {
  return !Full && std::fabs(b) > 0x1p126f ? std::copysign(HUGE_VALF, b) : b;
}

template <bool Ftz, bool Full>
void addDivision(Forms& t, const std::string& name) {
  constexpr auto exact = [](float a, float b) { return a / divisor<Full>(b); };
  constexpr auto moved = [](float a, float b) {
    b = divisor<Full>(b);
    return std::isfinite(b) ? erring<kTwoUlp, false>(a, static_cast<double>(a) / b) : a / b;
  };
  addBoth<[](float a, float b) { return modified<exact, Ftz, false>(a, b); },
          [](float a, float b) { return modified<moved, Ftz, false>(a, b); }>(t, name);
}

// The double approximations read and write the upper 32 bits only, subnormals flushed.
double upper(double x) {
  uint64_t bits = std::bit_cast<uint64_t>(x) & 0xffffffff00000000ull;
  bool tiny = (bits & 0x7ff0000000000000ull) == 0;
  return std::bit_cast<double>(tiny ? bits & 1ull << 63 : bits);
}

}  // namespace

void addApproximateForms(Forms& t) {
  addOne<[](double a) { return std::exp2(a); }, kTwoUlp>(t, "ex2");
  addOne<[](double a) { return std::log2(a); }, kLg2>(t, "lg2");
  addOne<[](double a) { return 1.0 / a; }, kOneUlp>(t, "rcp");
  addOne<[](double a) { return std::sqrt(a); }, kSqrt>(t, "sqrt");
  addOne<[](double a) { return 1.0 / std::sqrt(a); }, kRsqrt>(t, "rsqrt");
  addOne<[](double a) { return std::sin(a); }, kSine, true>(t, "sin");
  addOne<[](double a) { return std::cos(a); }, kSine, true>(t, "cos");
  addOne<[](double a) { return std::tanh(a); }, kTanh, true>(t, "tanh");
  addDivision<false, false>(t, "div.approx.f32");
  addDivision<true, false>(t, "div.approx.ftz.f32");
  addDivision<false, true>(t, "div.full.f32");
  addDivision<true, true>(t, "div.full.ftz.f32");
  add<[](double a) { return upper(1.0 / upper(a)); }>(t, "rcp.approx.ftz.f64");
  add<[](double a) { return upper(1.0 / std::sqrt(upper(a))); }>(t, "rsqrt.approx.ftz.f64");
  add<[](double a) { return 1.0 / std::sqrt(a); }>(t, "rsqrt.approx.f64");
}

}  // namespace softcuda
