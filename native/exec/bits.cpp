// Logic, shifts, bit fields, permutations, and moves.
#include "exec/forms.h"

namespace softcuda {
namespace {

template <class T>
constexpr uint32_t kBits = sizeof(T) * 8;

template <class T>
void addLogic(Forms& t, const std::string& type) {
  add<[](T a, T b) { return static_cast<T>(a & b); }>(t, "and" + type);
  add<[](T a, T b) { return static_cast<T>(a | b); }>(t, "or" + type);
  add<[](T a, T b) { return static_cast<T>(a ^ b); }>(t, "xor" + type);
  add<[](T a) { return static_cast<T>(~a); }>(t, "not" + type);
  add<[](T a) { return static_cast<T>(a == 0); }>(t, "cnot" + type);
  add<[](T a, uint32_t n) { return static_cast<T>(n < kBits<T> ? a << n : 0); }>(t, "shl" + type);
}

template <class T>
T shiftRight(T a, uint32_t n) {
  if constexpr (std::is_signed_v<T>)
    return static_cast<T>(a >> (n < kBits<T> ? n : kBits<T> - 1));
  else
    return static_cast<T>(n < kBits<T> ? a >> n : 0);
}

template <class T>
void addShiftRight(Forms& t, const std::string& type) {
  add<[](T a, uint32_t n) { return shiftRight(a, n); }>(t, "shr" + type);
}

// Moves and selections know a type's size only; every spelling of it is entered.
template <class T>
void addMoves(Forms& t, const std::vector<std::string>& types) {
  for (const auto& type : types) {
    add<[](T a) { return a; }>(t, "mov" + type);
    add<[](T a, T b, bool p) { return p ? a : b; }>(t, "selp" + type);
  }
}

template <class T>
uint32_t highestBit(T a) {
  using U = std::make_unsigned_t<T>;
  U bits = static_cast<U>(a);
  if constexpr (std::is_signed_v<T>)
    if (a < 0) bits = static_cast<U>(~bits);
  return bits == 0 ? ~0u : kBits<T> - 1 - static_cast<uint32_t>(std::countl_zero(bits));
}

template <class T>
void addFind(Forms& t, const std::string& type) {
  add<[](T a) { return highestBit(a); }>(t, "bfind" + type);
  add<[](T a) {
    uint32_t bit = highestBit(a);
    return bit == ~0u ? bit : kBits<T> - 1 - bit;
  }>(t, "bfind.shiftamt" + type);
}

template <class T>
T extract(T a, uint32_t position, uint32_t length) {
  position &= 255;
  length &= 255;
  if (length == 0) return 0;
  uint32_t last = std::min(position + length - 1, kBits<T> - 1);
  bool sign = std::is_signed_v<T> && (a >> last & 1);
  T result = 0;
  for (uint32_t i = 0; i < kBits<T>; i++) {
    bool bit = i < length && position + i < kBits<T> ? (a >> (position + i) & 1) : sign;
    if (bit) result = static_cast<T>(result | T{1} << i);
  }
  return result;
}

template <class T>
T insert(T a, T b, uint32_t position, uint32_t length) {
  position &= 255;
  length &= 255;
  for (uint32_t i = 0; i < length && position + i < kBits<T>; i++) {
    T bit = T{1} << (position + i);
    b = (a >> i & 1) ? b | bit : b & ~bit;
  }
  return b;
}

template <class T>
T reverse(T a) {
  T result = 0;
  for (uint32_t i = 0; i < kBits<T>; i++) result |= (a >> i & 1) << (kBits<T> - 1 - i);
  return result;
}

// Bytes of b:a chosen by the four nibbles of the selector; bit 3 replicates the byte's sign.
uint32_t permute(uint32_t a, uint32_t b, uint32_t selector) {
  uint64_t bytes = uint64_t{b} << 32 | a;
  uint32_t result = 0;
  for (int i = 0; i < 4; i++) {
    uint32_t choice = selector >> 4 * i & 15;
    uint32_t byte = bytes >> 8 * (choice & 7) & 255;
    if (choice & 8) byte = byte & 128 ? 255 : 0;
    result |= byte << 8 * i;
  }
  return result;
}

uint32_t lookup(uint32_t a, uint32_t b, uint32_t c, uint32_t table) {
  uint32_t result = 0;
  for (uint32_t i = 0; i < 8; i++)
    if (table >> i & 1) result |= (i & 4 ? a : ~a) & (i & 2 ? b : ~b) & (i & 1 ? c : ~c);
  return result;
}

uint32_t funnelLeft(uint32_t a, uint32_t b, uint32_t n) {
  return n == 0 ? b : n >= 32 ? a : b << n | a >> (32 - n);
}
uint32_t funnelRight(uint32_t a, uint32_t b, uint32_t n) {
  return n == 0 ? a : n >= 32 ? b : b << (32 - n) | a >> n;
}

// mov between one register and several; unpacking shifts by the second source.
void addPacking(Forms& t) {
  add<[](uint16_t a, uint16_t b) { return uint32_t{b} << 16 | a; }>(t, "pack.b32.b16");
  add<[](uint32_t a, uint32_t b) { return uint64_t{b} << 32 | a; }>(t, "pack.b64.b32");
  add<[](uint16_t a, uint16_t b, uint16_t c, uint16_t d) {
    return uint64_t{d} << 48 | uint64_t{c} << 32 | uint64_t{b} << 16 | a;
  }>(t, "pack.b64.b16");
  add<[](uint32_t a, uint32_t n) { return static_cast<uint16_t>(a >> n); }>(t, "unpack.b32.b16");
  add<[](uint64_t a, uint32_t n) { return static_cast<uint32_t>(a >> n); }>(t, "unpack.b64.b32");
  add<[](uint64_t a, uint32_t n) { return static_cast<uint16_t>(a >> n); }>(t, "unpack.b64.b16");
  add<[](uint64_t a) { return a - kSharedWindow < kWindowBytes; }>(t, "isspacep.shared");
  add<[](uint64_t a) { return a - kLocalWindow < kWindowBytes; }>(t, "isspacep.local");
  add<[](uint64_t a) { return a < kSharedWindow; }>(t, "isspacep.global");
}

}  // namespace

void addBitForms(Forms& t) {
  addLogic<uint16_t>(t, ".b16");
  addLogic<uint32_t>(t, ".b32");
  addLogic<uint64_t>(t, ".b64");
  for (std::string letter : {".b", ".u"}) {
    addShiftRight<uint16_t>(t, letter + "16");
    addShiftRight<uint32_t>(t, letter + "32");
    addShiftRight<uint64_t>(t, letter + "64");
  }
  addShiftRight<int16_t>(t, ".s16");
  addShiftRight<int32_t>(t, ".s32");
  addShiftRight<int64_t>(t, ".s64");
  addMoves<uint16_t>(t, {".b16", ".u16", ".s16"});
  addMoves<uint32_t>(t, {".b32", ".u32", ".s32"});
  addMoves<uint64_t>(t, {".b64", ".u64", ".s64"});
  addMoves<float>(t, {".f32"});
  addMoves<double>(t, {".f64"});
  addFind<uint32_t>(t, ".u32");
  addFind<int32_t>(t, ".s32");
  addFind<uint64_t>(t, ".u64");
  addFind<int64_t>(t, ".s64");
  add<[](uint32_t a) { return static_cast<uint32_t>(std::popcount(a)); }>(t, "popc.b32");
  add<[](uint64_t a) { return static_cast<uint32_t>(std::popcount(a)); }>(t, "popc.b64");
  add<[](uint32_t a) { return static_cast<uint32_t>(std::countl_zero(a)); }>(t, "clz.b32");
  add<[](uint64_t a) { return static_cast<uint32_t>(std::countl_zero(a)); }>(t, "clz.b64");
  add<[](uint32_t a) { return reverse(a); }>(t, "brev.b32");
  add<[](uint64_t a) { return reverse(a); }>(t, "brev.b64");
  add<[](uint32_t a, uint32_t p, uint32_t n) { return extract(a, p, n); }>(t, "bfe.u32");
  add<[](int32_t a, uint32_t p, uint32_t n) { return extract(a, p, n); }>(t, "bfe.s32");
  add<[](uint64_t a, uint32_t p, uint32_t n) { return extract(a, p, n); }>(t, "bfe.u64");
  add<[](int64_t a, uint32_t p, uint32_t n) { return extract(a, p, n); }>(t, "bfe.s64");
  add<[](uint32_t a, uint32_t b, uint32_t p, uint32_t n) { return insert(a, b, p, n); }>(t,
                                                                                         "bfi.b32");
  add<[](uint64_t a, uint64_t b, uint32_t p, uint32_t n) { return insert(a, b, p, n); }>(t,
                                                                                         "bfi.b64");
  add<[](uint32_t a, uint32_t b, uint32_t s) { return permute(a, b, s); }>(t, "prmt.b32");
  add<[](uint32_t a, uint32_t b, uint32_t c, uint32_t f) { return lookup(a, b, c, f); }>(
      t, "lop3.b32");
  add<[](uint32_t a, uint32_t b, uint32_t n) { return funnelLeft(a, b, n & 31); }>(
      t, "shf.l.wrap.b32");
  add<[](uint32_t a, uint32_t b, uint32_t n) { return funnelLeft(a, b, n); }>(t, "shf.l.clamp.b32");
  add<[](uint32_t a, uint32_t b, uint32_t n) { return funnelRight(a, b, n & 31); }>(
      t, "shf.r.wrap.b32");
  add<[](uint32_t a, uint32_t b, uint32_t n) { return funnelRight(a, b, n); }>(t,
                                                                               "shf.r.clamp.b32");
  addPacking(t);
  add<[](bool a) { return a; }>(t, "mov.pred");
  add<[](bool a) { return !a; }>(t, "not.pred");
  add<[](bool a, bool b) { return a && b; }>(t, "and.pred");
  add<[](bool a, bool b) { return a || b; }>(t, "or.pred");
  add<[](bool a, bool b) { return a != b; }>(t, "xor.pred");
}

}  // namespace softcuda
