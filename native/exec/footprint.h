// Which sectors of device memory a launch has touched: each for the first time is traffic that
// memory itself sees; what follows, the second-level cache answers, as long as it holds all that
// the launch touches.
#pragma once

#include <cstdint>

namespace softcuda {

constexpr uint64_t kSector = 32;

class Footprint {
 public:
  Footprint(uint64_t base, uint64_t bytes);
  ~Footprint();
  Footprint(const Footprint&) = delete;
  Footprint& operator=(const Footprint&) = delete;

  void beginLaunch();
  // Whether memory has to give this sector: the launch has neither read nor written it. May be
  // called by several threads, one of which is told so.
  bool firstRead(uint64_t sector);
  bool firstWrite(uint64_t sector);

 private:
  struct Launches {
    uint32_t read, written;  // the last that did
  };

  uint64_t firstSector_, bytes_;
  Launches* last_;
  uint32_t launch_ = 0;
};

// The sectors of `rows` rows of `rowBytes` bytes, `stride` bytes apart and not overlapping.
uint64_t sectorsOfMatrix(uint64_t address, uint64_t rowBytes, uint64_t rows, uint64_t stride);

}  // namespace softcuda
