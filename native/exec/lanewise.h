// Instructions that compute each lane from the same lane of their sources. An operation is a
// function of scalars; its C++ types say which registers it takes (bool: a predicate).
#pragma once

#include <bit>
#include <cfenv>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "exec/cta.h"

namespace softcuda {

// Reads one source register lane by lane.
template <class T>
struct Source {
  Source(Warp& warp, uint32_t offset) : values(lanes<T>(warp, offset)) {}
  T operator[](int lane) const { return values[lane]; }
  const T* values;
};
template <>
struct Source<bool> {
  Source(Warp& warp, uint32_t offset) : mask(predicate(warp, offset)) {}
  bool operator[](int lane) const { return mask >> lane & 1; }
  Mask mask;
};

template <auto F, class Signature>
struct Lanewise;

// All 32 lanes in a loop for vector instructions, or the active ones one by one.
template <auto F, class D, class... S>
struct Lanewise<F, D(S...)> {
  static void run(Warp& warp, const Insn& insn, Mask mask) {
    run(warp, insn, mask, std::index_sequence_for<S...>{});
  }

 private:
  template <size_t... I>
  static void run(Warp& warp, const Insn& insn, Mask mask, std::index_sequence<I...>) {
    auto compute = [&](auto... sources) {
      if constexpr (std::is_same_v<D, bool>) {
        uint32_t set[kLanes];
        for (int l = 0; l < kLanes; l++) set[l] = static_cast<uint32_t>(F(sources[l]...)) << l;
        Mask result = 0;
        for (int l = 0; l < kLanes; l++) result |= set[l];
        Mask& out = predicate(warp, insn.out);
        out = (out & ~mask) | (result & mask);
      } else {
        D* out = lanes<D>(warp, insn.out);
        if (mask == kFull) {
#pragma GCC ivdep
          for (int l = 0; l < kLanes; l++) out[l] = F(sources[l]...);
        } else {
          for (Mask rest = mask; rest != 0; rest &= rest - 1) {
            int l = std::countr_zero(rest);
            out[l] = F(sources[l]...);
          }
        }
      }
    };
    compute(Source<S>(warp, insn.in[I])...);
  }
};

// The same under another rounding mode of the host.
template <Execute Inner, int Mode>
void underRounding(Warp& warp, const Insn& insn, Mask mask) {
  std::fesetround(Mode);
  asm volatile("" ::: "memory");
  Inner(warp, insn, mask);
  asm volatile("" ::: "memory");
  std::fesetround(FE_TONEAREST);
}

}  // namespace softcuda
