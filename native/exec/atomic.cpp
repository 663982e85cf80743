// atom and red: each lane in turn, atomic against other CTAs, which run on other threads.
#include <atomic>
#include <bit>
#include <unordered_map>

#include "exec/access.h"
#include "exec/floats.h"
#include "exec/warp_ops.h"

namespace softcuda {
namespace {

// Floats are flushed in global memory, in shared memory they are not.
template <class T, auto F>
T combine(T old, T b, T c, bool flushes) {
  if constexpr (std::is_same_v<T, float>)
    if (flushes) return flush(F(flush(old), flush(b), c));
  return F(old, b, c);
}

// The lanes of the mask in the order in which their atomics happen.
int orderLanes(const Warp& warp, Mask mask, int* order) {
  int count = 0;
  for (Mask rest = mask; rest != 0; rest &= rest - 1) order[count++] = std::countr_zero(rest);
  if (Random* random = warp.cta->random)
    for (int i = count; i > 1; i--) std::swap(order[i - 1], order[random->below(i)]);
  return count;
}

template <class T, auto F>
void run(Warp& warp, const Insn& insn, Mask mask) {
  Places places;
  resolve(warp, insn, mask, Access::Atomic, places);
  const T* b = lanes<T>(warp, insn.in[0]);
  const T* c = insn.in[1] == kNone ? b : lanes<T>(warp, insn.in[1]);
  T* out = insn.out == kNone ? nullptr : lanes<T>(warp, insn.out);
  int order[kLanes];
  int count = orderLanes(warp, mask, order);
  for (int i = 0; i < count; i++) {
    int lane = order[i];
    std::atomic_ref<T> place(*reinterpret_cast<T*>(places.at[lane]));
    bool flushes = std::is_same_v<T, float> &&
                   warp.cta->launch.memory->contains(reinterpret_cast<uint64_t>(places.at[lane]));
    T old = place.load(), first = b[lane], second = c[lane];
    while (!place.compare_exchange_weak(old, combine<T, F>(old, first, second, flushes))) {
    }
    if (out) out[lane] = old;
  }
}

template <class T>
using Table = std::unordered_map<std::string, Execute>;

template <class T>
void addBitwise(Table<T>& t) {
  t["exch"] = run<T, [](T, T b, T) { return b; }>;
  t["cas"] = run<T, [](T a, T b, T c) { return a == b ? c : a; }>;
  t["and"] = run<T, [](T a, T b, T) { return a & b; }>;
  t["or"] = run<T, [](T a, T b, T) { return a | b; }>;
  t["xor"] = run<T, [](T a, T b, T) { return a ^ b; }>;
}

template <class T>
void addOrdered(Table<T>& t) {
  t["add"] = run<T, [](T a, T b, T) {
    return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  }>;
  t["min"] = run<T, [](T a, T b, T) { return b < a ? b : a; }>;
  t["max"] = run<T, [](T a, T b, T) { return a < b ? b : a; }>;
}

template <class T>
Table<T> integerTable() {
  Table<T> t;
  addBitwise<T>(t);
  addOrdered<T>(t);
  if constexpr (std::is_same_v<T, uint32_t>) {
    t["inc"] = run<T, [](T a, T b, T) { return b <= a ? 0 : a + 1; }>;
    t["dec"] = run<T, [](T a, T b, T) { return a == 0 || b < a ? b : a - 1; }>;
  }
  return t;
}

template <class T>
Execute lookUp(const Table<T>& table, const std::string& operation) {
  auto found = table.find(operation);
  return found == table.end() ? nullptr : found->second;
}

template <class T>
Execute integer(const std::string& operation) {
  static const Table<T> table = integerTable<T>();
  return lookUp<T>(table, operation);
}

}  // namespace

Execute atomic(const std::string& operation, const Type& type) {
  bool isSigned = type.kind == 's';
  if (type.isFloat()) {
    if (operation != "add") return nullptr;
    if (type.bits == 64) return run<double, [](double a, double b, double) { return a + b; }>;
    return type.bits == 32 ? run<float, [](float a, float b, float) { return canonical(a + b); }>
                           : nullptr;
  }
  if (type.bits == 32) return isSigned ? integer<int32_t>(operation) : integer<uint32_t>(operation);
  if (type.bits == 64) return isSigned ? integer<int64_t>(operation) : integer<uint64_t>(operation);
  return nullptr;
}

}  // namespace softcuda
