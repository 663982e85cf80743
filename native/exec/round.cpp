// cvt from float to whole numbers, in the same type or as integers.
#include <limits>

#include "exec/floats.h"
#include "exec/forms.h"

namespace softcuda {
namespace {

// A whole number to an integer: clamped; of NaN, 0 between 32-bit types, otherwise the top bit.
template <class D, class S>
D toInteger(S x) {
  constexpr bool zero = sizeof(S) == 4 && sizeof(D) < 8;
  using U = std::make_unsigned_t<D>;
  if (x != x) return zero ? D{0} : static_cast<D>(U{1} << (sizeof(D) * 8 - 1));
  constexpr S over = std::is_signed_v<D> ? static_cast<S>(uint64_t{1} << (sizeof(D) * 8 - 1))
                                         : static_cast<S>(uint64_t{1} << (sizeof(D) * 8 - 1)) * 2;
  if (x >= over) return std::numeric_limits<D>::max();
  if (x <= (std::is_signed_v<D> ? -over : S{0})) return std::numeric_limits<D>::min();
  return static_cast<D>(x);
}

template <class S>
S flushed(S x) {
  if constexpr (sizeof(S) == 4)
    return flush(x);
  else
    return x;
}

template <class D, class S, auto Round>
void addToInteger(Forms& t, const std::string& rounding) {
  std::string types = nameOf<D>() + nameOf<S>();
  for (std::string sat : {"", ".sat"}) {
    add<[](S a) { return toInteger<D>(Round(a)); }>(t, "cvt" + rounding + sat + types);
    if (sizeof(S) == 4)
      add<[](S a) { return toInteger<D>(Round(flushed(a))); }>(
          t, "cvt" + rounding + ".ftz" + sat + types);
  }
}

// Rounding to a whole number in the same float type.
template <class S, auto Round>
void addWhole(Forms& t, const std::string& rounding) {
  std::string types = nameOf<S>() + nameOf<S>();
  add<[](S a) { return canonical(Round(a)); }>(t, "cvt" + rounding + types);
  add<[](S a) { return saturate01(Round(a)); }>(t, "cvt" + rounding + ".sat" + types);
  if (sizeof(S) == 4) {
    add<[](S a) { return canonical(Round(flushed(a))); }>(t, "cvt" + rounding + ".ftz" + types);
    add<[](S a) { return saturate01(Round(flushed(a))); }>(t,
                                                           "cvt" + rounding + ".ftz.sat" + types);
  }
}

template <class S, auto Round>
void addRounding(Forms& t, const std::string& rounding) {
  addWhole<S, Round>(t, rounding);
  addToInteger<int8_t, S, Round>(t, rounding);
  addToInteger<uint8_t, S, Round>(t, rounding);
  addToInteger<int16_t, S, Round>(t, rounding);
  addToInteger<uint16_t, S, Round>(t, rounding);
  addToInteger<int32_t, S, Round>(t, rounding);
  addToInteger<uint32_t, S, Round>(t, rounding);
  addToInteger<int64_t, S, Round>(t, rounding);
  addToInteger<uint64_t, S, Round>(t, rounding);
}

template <class S>
void addRoundings(Forms& t) {
  addRounding<S, [](S a) { return std::nearbyint(a); }>(t, ".rni");
  addRounding<S, [](S a) { return std::trunc(a); }>(t, ".rzi");
  addRounding<S, [](S a) { return std::floor(a); }>(t, ".rmi");
  addRounding<S, [](S a) { return std::ceil(a); }>(t, ".rpi");
}

}  // namespace

void addRoundForms(Forms& t) {
  addRoundings<float>(t);
  addRoundings<double>(t);
}

}  // namespace softcuda
