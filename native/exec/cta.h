// A launch, a CTA of it and the warps of that: the state of execution.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "exec/counters.h"
#include "exec/device_memory.h"
#include "exec/fault.h"
#include "exec/order.h"
#include "exec/program.h"
#include "exec/race_cells.h"
#include "exec/random.h"

namespace softcuda {

// Generic addresses at which shared and local memory appear; no host address is so high.
constexpr uint64_t kSharedWindow = 1ull << 56;
constexpr uint64_t kLocalWindow = 2ull << 56;
constexpr uint64_t kWindowBytes = 1ull << 32;

struct Launch {
  const Program* program = nullptr;
  DeviceMemory* memory = nullptr;
  uint32_t grid[3] = {1, 1, 1};
  uint32_t block[3] = {1, 1, 1};
  uint32_t dynamicShared = 0;
  std::vector<uint8_t> params;

  uint32_t threads() const { return block[0] * block[1] * block[2]; }
  uint64_t ctas() const { return uint64_t{grid[0]} * grid[1] * grid[2]; }
  uint32_t sharedBytes() const { return program->sharedBytes + dynamicShared; }
};

struct Cta;
class Races;

struct Warp {
  uint8_t* registers = nullptr;
  uint8_t* local = nullptr;        // localBytes for each lane, one lane after the other
  uint8_t* localShadow = nullptr;  // a byte for four of local, as of device memory
  Cta* cta = nullptr;
  uint32_t index = 0;
  uint32_t pc = 0;      // of the active lanes
  uint32_t nextPc = 0;  // least pc of the runnable lanes that are not active
  Mask active = 0;
  Mask live = 0;                   // not exited
  Mask parked = 0;                 // at a CTA barrier
  Mask waiting = 0;                // at a *.sync
  uint32_t lanePc[kLanes] = {};    // of lanes that are not active
  uint8_t barrierOf[kLanes] = {};  // of parked lanes
  uint32_t turns = 0;              // backward branches since others had theirs
  uint64_t executed = 0;           // lane-instructions
  uint64_t issued = 0;             // instructions
  uint32_t segment = 0;            // in the order of accesses; 0: none begun
};

struct Barrier {
  uint32_t arrived = 0;
  uint32_t count = 0;             // of threads it waits for; 0: all
  uint32_t votes = 0;             // of bar.red: threads whose predicate was true
  std::vector<uint32_t> passing;  // threads that arrived without waiting
};

struct Cta {
  // races: what looks for them, or null. random: what orders warps and lanes, or null.
  Cta(const Launch& launch, Races* races, Random* random = nullptr);
  void begin(uint64_t number);

  const Launch& launch;
  uint32_t index[3] = {};
  Races* const races;
  Random* const random;
  const bool counting;
  Counters counters;
  CtaOrder order;
  std::vector<uint8_t> shared, sharedShadow;
  Barrier barriers[16];
  std::vector<Warp> warps;
  std::vector<const Allocation*> recent;  // by instruction: the allocation it touched last

  RaceCells raceCells();     // of shared memory
  Counters counted() const;  // of all CTAs that it has been

 private:
  struct Free {
    void operator()(void* place) const;
  };
  std::unique_ptr<uint8_t, Free> files_;
  std::vector<uint8_t> locals_, localShadows_;
  std::vector<uint64_t> cells_;
};

template <class T>
T* lanes(Warp& warp, uint32_t offset) {
  return reinterpret_cast<T*>(warp.registers + offset);
}
inline Mask& predicate(Warp& warp, uint32_t offset) { return *lanes<Mask>(warp, offset); }

// The fault of one lane at the instruction at hand.
Fault faultOf(const Warp& warp, const Insn& insn, int lane, FaultCode code,
              const std::string& what);

}  // namespace softcuda
