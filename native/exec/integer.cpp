// Integer arithmetic: modulo 2^bits unless .sat.
#include <limits>

#include "exec/forms.h"

namespace softcuda {
namespace {

template <class T>
using Unsigned = std::make_unsigned_t<T>;

template <class T>
constexpr T wrap(uint64_t bits) {
  return static_cast<T>(bits);
}

// Through 64 bits, so that no narrow type promotes to int and overflows.
template <class T>
constexpr uint64_t raw(T value) {
  return static_cast<uint64_t>(value);
}

template <class T>
T mulHigh(T a, T b) {
  if constexpr (sizeof(T) == 8) {
    using Wide = std::conditional_t<std::is_signed_v<T>, __int128, unsigned __int128>;
    return static_cast<T>((static_cast<Wide>(a) * b) >> 64);
  } else {
    using Wide = std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>;
    return static_cast<T>((static_cast<Wide>(a) * b) >> (sizeof(T) * 8));
  }
}

// A lane's divisor may be 0 only where the lane is not active.
template <class T>
T divide(T a, T b) {
  if (b == 0) return 0;
  if constexpr (std::is_signed_v<T>)
    if (b == -1) return wrap<T>(-raw(a));
  return static_cast<T>(a / b);
}

template <class T>
T remainder(T a, T b) {
  if (b == 0) return 0;
  if constexpr (std::is_signed_v<T>)
    if (b == -1) return 0;
  return static_cast<T>(a % b);
}

template <class T, Execute Divide>
void checkDivisor(Warp& warp, const Insn& insn, Mask mask) {
  const T* divisor = lanes<T>(warp, insn.in[1]);
  for (Mask rest = mask; rest != 0; rest &= rest - 1)
    if (int lane = std::countr_zero(rest); divisor[lane] == 0)
      throw faultOf(warp, insn, lane, FaultCode::LaunchFailed, "divides by zero");
  Divide(warp, insn, mask);
}

template <class T, auto F>
void addDivision(Forms& t, const std::string& name) {
  add<F>(t, name);
  t[name].execute = checkDivisor<T, Lanewise<F, T(T, T)>::run>;
}

template <class T>
void addType(Forms& t, const std::string& type) {
  add<[](T a, T b) { return wrap<T>(raw(a) + raw(b)); }>(t, "add" + type);
  add<[](T a, T b) { return wrap<T>(raw(a) - raw(b)); }>(t, "sub" + type);
  add<[](T a, T b) { return wrap<T>(raw(a) * raw(b)); }>(t, "mul.lo" + type);
  add<[](T a, T b) { return mulHigh(a, b); }>(t, "mul.hi" + type);
  add<[](T a, T b, T c) { return wrap<T>(raw(a) * raw(b) + raw(c)); }>(t, "mad.lo" + type);
  add<[](T a, T b, T c) { return wrap<T>(raw(mulHigh(a, b)) + raw(c)); }>(t, "mad.hi" + type);
  addDivision<T, [](T a, T b) { return divide(a, b); }>(t, "div" + type);
  addDivision<T, [](T a, T b) { return remainder(a, b); }>(t, "rem" + type);
  add<[](T a, T b) { return a < b ? a : b; }>(t, "min" + type);
  add<[](T a, T b) { return b < a ? a : b; }>(t, "max" + type);
  add<[](T a, T b, T c) { return wrap<T>((a < b ? raw(b) - raw(a) : raw(a) - raw(b)) + raw(c)); }>(
      t, "sad" + type);
}

template <class T>
void addSigned(Forms& t, const std::string& type) {
  add<[](T a) { return wrap<T>(a < 0 ? -raw(a) : raw(a)); }>(t, "abs" + type);
  add<[](T a) { return wrap<T>(-raw(a)); }>(t, "neg" + type);
}

template <class T, class W>
void addWide(Forms& t, const std::string& type) {
  add<[](T a, T b) { return static_cast<W>(static_cast<W>(a) * static_cast<W>(b)); }>(
      t, "mul.wide" + type);
  add<[](T a, T b, W c) {
    return wrap<W>(raw(static_cast<W>(static_cast<W>(a) * static_cast<W>(b))) + raw(c));
  }>(t, "mad.wide" + type);
}

int32_t saturate(int64_t value) {
  return static_cast<int32_t>(std::min<int64_t>(std::max<int64_t>(value, INT32_MIN), INT32_MAX));
}

// The low 24 bits of a register as a number.
int64_t low24(int32_t a) { return static_cast<int32_t>(static_cast<uint32_t>(a) << 8) >> 8; }
uint64_t low24(uint32_t a) { return a & 0xffffff; }

template <class T>
void add24(Forms& t, const std::string& type) {
  add<[](T a, T b) { return wrap<T>(raw(low24(a) * low24(b))); }>(t, "mul24.lo" + type);
  add<[](T a, T b, T c) { return wrap<T>(raw(low24(a) * low24(b)) + raw(c)); }>(t,
                                                                                "mad24.lo" + type);
}

}  // namespace

void addIntegerForms(Forms& t) {
  addType<uint16_t>(t, ".u16");
  addType<int16_t>(t, ".s16");
  addType<uint32_t>(t, ".u32");
  addType<int32_t>(t, ".s32");
  addType<uint64_t>(t, ".u64");
  addType<int64_t>(t, ".s64");
  addSigned<int16_t>(t, ".s16");
  addSigned<int32_t>(t, ".s32");
  addSigned<int64_t>(t, ".s64");
  addWide<uint16_t, uint32_t>(t, ".u16");
  addWide<int16_t, int32_t>(t, ".s16");
  addWide<uint32_t, uint64_t>(t, ".u32");
  addWide<int32_t, int64_t>(t, ".s32");
  add24<uint32_t>(t, ".u32");
  add24<int32_t>(t, ".s32");
  add<[](int32_t a, int32_t b) { return saturate(int64_t{a} + b); }>(t, "add.sat.s32");
  add<[](int32_t a, int32_t b) { return saturate(int64_t{a} - b); }>(t, "sub.sat.s32");
}

}  // namespace softcuda
