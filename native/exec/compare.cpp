// setp: comparisons into predicates.
#include "exec/floats.h"
#include "exec/forms.h"

namespace softcuda {
namespace {

template <class T>
void addEqual(Forms& t, const std::string& type) {
  add<[](T a, T b) { return a == b; }>(t, "setp.eq" + type);
  add<[](T a, T b) { return a != b; }>(t, "setp.ne" + type);
}

template <class T>
void addOrder(Forms& t, const std::string& type) {
  addEqual<T>(t, type);
  add<[](T a, T b) { return a < b; }>(t, "setp.lt" + type);
  add<[](T a, T b) { return a <= b; }>(t, "setp.le" + type);
  add<[](T a, T b) { return b < a; }>(t, "setp.gt" + type);
  add<[](T a, T b) { return b <= a; }>(t, "setp.ge" + type);
  if (std::is_signed_v<T>) return;
  t["setp.lo" + type] = t["setp.lt" + type];
  t["setp.ls" + type] = t["setp.le" + type];
  t["setp.hi" + type] = t["setp.gt" + type];
  t["setp.hs" + type] = t["setp.ge" + type];
}

template <class T>
bool unordered(T a, T b) {
  return a != a || b != b;
}

// Ordered comparisons are false with NaN (ne too), those ending in u true.
template <class T, auto Prepare>
void addFloat(Forms& t, const std::string& type) {
  add<[](T a, T b) { return Prepare(a) == Prepare(b); }>(t, "setp.eq" + type);
  add<[](T a, T b) { return !unordered(a, b) && Prepare(a) != Prepare(b); }>(t, "setp.ne" + type);
  add<[](T a, T b) { return Prepare(a) < Prepare(b); }>(t, "setp.lt" + type);
  add<[](T a, T b) { return Prepare(a) <= Prepare(b); }>(t, "setp.le" + type);
  add<[](T a, T b) { return Prepare(b) < Prepare(a); }>(t, "setp.gt" + type);
  add<[](T a, T b) { return Prepare(b) <= Prepare(a); }>(t, "setp.ge" + type);
  add<[](T a, T b) { return unordered(a, b) || Prepare(a) == Prepare(b); }>(t, "setp.equ" + type);
  add<[](T a, T b) { return Prepare(a) != Prepare(b); }>(t, "setp.neu" + type);
  add<[](T a, T b) { return !(Prepare(b) <= Prepare(a)); }>(t, "setp.ltu" + type);
  add<[](T a, T b) { return !(Prepare(b) < Prepare(a)); }>(t, "setp.leu" + type);
  add<[](T a, T b) { return !(Prepare(a) <= Prepare(b)); }>(t, "setp.gtu" + type);
  add<[](T a, T b) { return !(Prepare(a) < Prepare(b)); }>(t, "setp.geu" + type);
  add<[](T a, T b) { return !unordered(a, b); }>(t, "setp.num" + type);
  add<[](T a, T b) { return unordered(a, b); }>(t, "setp.nan" + type);
}

}  // namespace

void addCompareForms(Forms& t) {
  addEqual<uint16_t>(t, ".b16");
  addEqual<uint32_t>(t, ".b32");
  addEqual<uint64_t>(t, ".b64");
  addOrder<uint16_t>(t, ".u16");
  addOrder<int16_t>(t, ".s16");
  addOrder<uint32_t>(t, ".u32");
  addOrder<int32_t>(t, ".s32");
  addOrder<uint64_t>(t, ".u64");
  addOrder<int64_t>(t, ".s64");
  addFloat<float, [](float a) { return a; }>(t, ".f32");
  addFloat<float, [](float a) { return flush(a); }>(t, ".ftz.f32");
  addFloat<double, [](double a) { return a; }>(t, ".f64");
}

}  // namespace softcuda
