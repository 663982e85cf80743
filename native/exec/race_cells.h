// Who accessed each 4-byte word last: one write and two reads, each as 64 bits.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace softcuda {

// segment (32 bits), pc (20), lane (5), mask of bytes (4), strong, wide, non-coherent
struct AccessBits {
  static constexpr uint64_t kStrong = 4, kWide = 2, kNonCoherent = 1;
  static constexpr uint64_t kThread = 0xffffffff00000000ull | 31 << 7 | kNonCoherent;

  static uint64_t make(uint32_t segment, uint32_t pc, uint64_t flags) {
    return uint64_t{segment} << 32 | uint64_t{pc & 0xfffff} << 12 | flags;
  }
  static uint64_t lane(int lane) { return static_cast<uint64_t>(lane) << 7; }
  static uint64_t bytes(uint32_t mask) { return uint64_t{mask} << 3; }

  static uint32_t segmentOf(uint64_t bits) { return static_cast<uint32_t>(bits >> 32); }
  static uint32_t pcOf(uint64_t bits) { return bits >> 12 & 0xfffff; }
  static int laneOf(uint64_t bits) { return bits >> 7 & 31; }
  static uint32_t bytesOf(uint64_t bits) { return bits >> 3 & 15; }
};

// The cells of a range of memory, by word; numbers of segments of one range only grow.
struct RaceCells {
  uint64_t* write = nullptr;
  uint64_t* read = nullptr;
  uint64_t* other = nullptr;  // a read by another thread than `read`
};

// The cells of all device memory, made when first asked for; pages that are not used cost nothing.
class GlobalCells {
 public:
  GlobalCells(uint64_t base, uint64_t bytes);
  ~GlobalCells();
  GlobalCells(const GlobalCells&) = delete;
  GlobalCells& operator=(const GlobalCells&) = delete;

  uint64_t base() const { return base_; }
  const RaceCells& cells() const { return cells_; }

  // Segments of earlier launches are below this number.
  uint32_t firstSegment();
  void endSegment(uint32_t end) { next_ = end; }

 private:
  void clear();

  uint64_t base_, bytes_;
  RaceCells cells_;
  uint32_t next_ = 1;
};

}  // namespace softcuda
