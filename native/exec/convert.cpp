// cvt. Each form takes registers of its types' own sizes; the decoder resizes others ("resize").
#include <limits>

#include "exec/floats.h"
#include "exec/forms.h"

namespace softcuda {
namespace {

template <class D, class S>
D clamp(S value) {
  if (std::cmp_less(value, std::numeric_limits<D>::min())) return std::numeric_limits<D>::min();
  if (std::cmp_greater(value, std::numeric_limits<D>::max())) return std::numeric_limits<D>::max();
  return static_cast<D>(value);
}

template <class D, class S>
void addIntegers(Forms& t) {
  add<[](S a) { return static_cast<D>(a); }>(t, "cvt" + nameOf<D>() + nameOf<S>());
  using To = std::numeric_limits<D>;
  using From = std::numeric_limits<S>;
  // Where every value fits, PTX has no .sat.
  if constexpr (std::cmp_less(From::min(), To::min()) || std::cmp_greater(From::max(), To::max()))
    add<[](S a) { return clamp<D>(a); }>(t, "cvt.sat" + nameOf<D>() + nameOf<S>());
}

template <class S>
void addFromInteger(Forms& t) {
  add<[](S a) { return static_cast<float>(a); }>(t, "cvt.rn.f32" + nameOf<S>());
  add<[](S a) { return static_cast<double>(a); }>(t, "cvt.rn.f64" + nameOf<S>());
  using Wide = std::conditional_t<std::is_same_v<S, uint64_t>, uint64_t, int64_t>;
  addDirected<[](S a) { return static_cast<float>(static_cast<Wide>(a)); }>(t, "cvt",
                                                                            ".f32" + nameOf<S>());
  addDirected<[](S a) { return static_cast<double>(static_cast<Wide>(a)); }>(t, "cvt",
                                                                             ".f64" + nameOf<S>());
}

// Registers wider than the type: bits are cut, or extended as the type's sign says.
template <class S, class D>
void addResize(Forms& t) {
  constexpr bool cuts = sizeof(D) < sizeof(S) && std::is_unsigned_v<S>;
  if constexpr (cuts || sizeof(D) > sizeof(S))
    add<[](S a) { return static_cast<D>(a); }>(
        t, "resize" + nameOf<S>() + "." + std::to_string(sizeof(D) * 8));
}

template <class S>
void addFromType(Forms& t) {
  addIntegers<int8_t, S>(t);
  addIntegers<uint8_t, S>(t);
  addIntegers<int16_t, S>(t);
  addIntegers<uint16_t, S>(t);
  addIntegers<int32_t, S>(t);
  addIntegers<uint32_t, S>(t);
  addIntegers<int64_t, S>(t);
  addIntegers<uint64_t, S>(t);
  addFromInteger<S>(t);
  addResize<S, uint8_t>(t);
  addResize<S, uint16_t>(t);
  addResize<S, uint32_t>(t);
  addResize<S, uint64_t>(t);
}

template <bool Ftz, bool Sat>
void addNarrowing(Forms& t, const std::string& after) {
  constexpr auto narrow = [](double a) {
    float x = Ftz ? flush(static_cast<float>(a)) : static_cast<float>(a);
    return Sat ? saturate01(x) : canonical(x);
  };
  add<narrow>(t, "cvt.rn" + after);
  addDirected<narrow>(t, "cvt", after);
}

void addBetweenFloats(Forms& t) {
  add<[](float a) { return static_cast<double>(a); }>(t, "cvt.f64.f32");
  add<[](float a) { return static_cast<double>(flush(a)); }>(t, "cvt.ftz.f64.f32");
  addNarrowing<false, false>(t, ".f32.f64");
  addNarrowing<true, false>(t, ".ftz.f32.f64");
  addNarrowing<false, true>(t, ".sat.f32.f64");
  addNarrowing<true, true>(t, ".ftz.sat.f32.f64");
  add<[](float a) { return a; }>(t, "cvt.f32.f32");
  add<[](float a) { return flush(a); }>(t, "cvt.ftz.f32.f32");
  add<[](float a) { return saturate01(a); }>(t, "cvt.sat.f32.f32");
  add<[](float a) { return saturate01(flush(a)); }>(t, "cvt.ftz.sat.f32.f32");
  add<[](double a) { return a; }>(t, "cvt.f64.f64");
  add<[](double a) { return saturate01(a); }>(t, "cvt.sat.f64.f64");
}

}  // namespace

void addConvertForms(Forms& t) {
  addFromType<int8_t>(t);
  addFromType<uint8_t>(t);
  addFromType<int16_t>(t);
  addFromType<uint16_t>(t);
  addFromType<int32_t>(t);
  addFromType<uint32_t>(t);
  addFromType<int64_t>(t);
  addFromType<uint64_t>(t);
  addBetweenFloats(t);
}

}  // namespace softcuda
