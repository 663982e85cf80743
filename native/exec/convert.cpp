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
  add<[](S a) { return clamp<D>(a); }>(t, "cvt.sat" + nameOf<D>() + nameOf<S>());
}

template <class S>
void addFromInteger(Forms& t) {
  add<[](S a) { return static_cast<float>(a); }>(t, "cvt.rn.f32" + nameOf<S>());
  add<[](S a) { return static_cast<double>(a); }>(t, "cvt.rn.f64" + nameOf<S>());
  if constexpr (!std::is_same_v<S, uint64_t>) {
    addDirected<[](S a) { return static_cast<float>(static_cast<int64_t>(a)); }>(
        t, "cvt", ".f32" + nameOf<S>());
    addDirected<[](S a) { return static_cast<double>(static_cast<int64_t>(a)); }>(
        t, "cvt", ".f64" + nameOf<S>());
  }
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
  // Registers wider or narrower than the type: bits are cut or extended as the type's sign says.
  std::string resize = "resize" + nameOf<S>();
  add<[](S a) { return static_cast<uint8_t>(a); }>(t, resize + ".8");
  add<[](S a) { return static_cast<uint16_t>(a); }>(t, resize + ".16");
  add<[](S a) { return static_cast<uint32_t>(a); }>(t, resize + ".32");
  add<[](S a) { return static_cast<uint64_t>(a); }>(t, resize + ".64");
}

void addBetweenFloats(Forms& t) {
  add<[](float a) { return static_cast<double>(a); }>(t, "cvt.f64.f32");
  add<[](float a) { return static_cast<double>(flush(a)); }>(t, "cvt.ftz.f64.f32");
  add<[](double a) { return canonical(static_cast<float>(a)); }>(t, "cvt.rn.f32.f64");
  add<[](double a) { return flush(canonical(static_cast<float>(a))); }>(t, "cvt.rn.ftz.f32.f64");
  add<[](double a) { return saturate01(static_cast<float>(a)); }>(t, "cvt.rn.sat.f32.f64");
  addDirected<[](double a) { return canonical(static_cast<float>(a)); }>(t, "cvt", ".f32.f64");
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
