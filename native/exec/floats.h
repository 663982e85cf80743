// Float values as PTX treats them: flushing, saturation and the one NaN.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace softcuda {

// Subnormal inputs and results become zeros of their sign under .ftz.
inline float flush(float x) {
  uint32_t bits = std::bit_cast<uint32_t>(x);
  return (bits & 0x7f800000u) == 0 ? std::bit_cast<float>(bits & 0x80000000u) : x;
}

// Single precision instructions give one NaN, whatever NaNs went in.
inline float canonical(float x) { return x != x ? std::bit_cast<float>(0x7fffffffu) : x; }
inline double canonical(double x) { return x; }

// Clamps to [0, 1]; NaN becomes 0.
template <class T>
T saturate01(T x) {
  return x > T{0} ? (x < T{1} ? x : T{1}) : T{0};
}

// An operation on float32 with .ftz and .sat as asked.
template <auto F, bool Ftz, bool Sat>
constexpr auto modified(auto... x) {
  auto result = Ftz ? F(flush(x)...) : F(x...);
  if (Ftz) result = flush(result);
  return Sat ? saturate01(result) : canonical(result);
}

}  // namespace softcuda
