// atom and red: each lane in turn, atomic against other CTAs, which run on other threads.
#include <atomic>
#include <bit>

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

template <class T, auto F>
void add(std::map<std::string, Execute>& t, const std::string& name) {
  t[name] = run<T, F>;
}

template <class T>
void addBitwise(std::map<std::string, Execute>& t, const std::string& type) {
  add<T, [](T, T b, T) { return b; }>(t, "exch" + type);
  add<T, [](T a, T b, T c) { return a == b ? c : a; }>(t, "cas" + type);
  add<T, [](T a, T b, T) { return a & b; }>(t, "and" + type);
  add<T, [](T a, T b, T) { return a | b; }>(t, "or" + type);
  add<T, [](T a, T b, T) { return a ^ b; }>(t, "xor" + type);
}

template <class T>
void addOrdered(std::map<std::string, Execute>& t, const std::string& type) {
  add<T, [](T a, T b, T) { return b < a ? b : a; }>(t, "min" + type);
  add<T, [](T a, T b, T) { return a < b ? b : a; }>(t, "max" + type);
}

}  // namespace

const std::map<std::string, Execute>& atomics() {
  static const std::map<std::string, Execute> table = [] {
    std::map<std::string, Execute> t;
    addBitwise<uint32_t>(t, ".b32");
    addBitwise<uint64_t>(t, ".b64");
    addOrdered<uint32_t>(t, ".u32");
    addOrdered<int32_t>(t, ".s32");
    addOrdered<uint64_t>(t, ".u64");
    addOrdered<int64_t>(t, ".s64");
    add<uint32_t, [](uint32_t a, uint32_t b, uint32_t) { return a + b; }>(t, "add.u32");
    t["add.s32"] = t["add.u32"];
    add<uint64_t, [](uint64_t a, uint64_t b, uint64_t) { return a + b; }>(t, "add.u64");
    add<uint32_t, [](uint32_t a, uint32_t b, uint32_t) { return b <= a ? 0 : a + 1; }>(t,
                                                                                       "inc.u32");
    add<uint32_t, [](uint32_t a, uint32_t b, uint32_t) { return a == 0 || b < a ? b : a - 1; }>(
        t, "dec.u32");
    add<float, [](float a, float b, float) { return canonical(a + b); }>(t, "add.f32");
    add<double, [](double a, double b, double) { return a + b; }>(t, "add.f64");
    return t;
  }();
  return table;
}

}  // namespace softcuda
