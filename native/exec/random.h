// Seeded choices of the shuffling mode (splitmix64).
#pragma once

#include <cstdint>

namespace softcuda {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
  }
  // Less than `end`, which is not 0.
  uint64_t below(uint64_t end) { return next() % end; }

 private:
  uint64_t state_;
};

}  // namespace softcuda
