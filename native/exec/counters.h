// What a launch did, counted: always its instructions, the rest where the settings ask for
// counters.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "exec/footprint.h"
#include "exec/program.h"

namespace softcuda {

struct Counters {
  uint64_t launches = 0;
  uint64_t warpInstructions = 0;  // each for one or more lanes
  uint64_t laneInstructions = 0;  // once for each lane that its guard lets
  uint64_t branches = 0;
  uint64_t divergentBranches = 0;  // some lanes taken, some not
  uint64_t bytesRead = 0;          // of global memory, by lanes; an atomic reads and writes
  uint64_t bytesWritten = 0;
  uint64_t sectors = 0;         // of 32 bytes that each access of a warp touches
  uint64_t leastSectors = 0;    // that its distinct bytes would fill
  uint64_t memoryRead = 0;      // bytes of the sectors that a launch reads before it writes them
  uint64_t memoryWritten = 0;   // and of those that it writes, each once
  uint64_t sharedAccesses = 0;  // of warps
  uint64_t bankConflicts = 0;   // passes of shared memory beyond those that the widths need

  void add(const Counters& other);
};

// Counts a warp's access of `bytes` bytes a lane.
void countGlobal(Counters& counters, Footprint& footprint, Mask mask, const uint64_t* address,
                 uint32_t bytes, bool reads, bool writes);
void countShared(Counters& counters, Mask mask, const uint64_t* address, uint32_t bytes);

// The sums by kernel since the last clear, and the last launch.
class Tally {
 public:
  void add(const std::string& kernel, const Counters& counters);
  void clear();
  size_t kernels();
  // False beyond the last. The name is valid until the next clear.
  bool get(size_t index, const char*& kernel, Counters& counters);
  Counters last();

 private:
  std::mutex mutex_;
  std::map<std::string, Counters> sums_;
  Counters last_;
};

Tally& tally();

}  // namespace softcuda
