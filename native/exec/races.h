// Data races: two accesses of overlapping bytes by different threads, one of them a write, not both
// strong, and neither ordered before the other (order.h). A write of the value that is there
// already does not race with other writes: all threads of a block may set one flag.
#pragma once

#include <optional>
#include <string>

#include "exec/access.h"
#include "exec/order.h"
#include "exec/race_cells.h"

namespace softcuda {

// A warp's access of shared or global memory, all checks of its addresses passed.
struct Touch {
  Warp& warp;
  const Insn& insn;
  Mask mask;
  Access access;
  uint32_t bytes;           // of a lane
  const uint64_t* address;  // of each lane; offsets in shared memory
  bool shared;
  bool contiguous;
};

struct Conflict {
  int lane;
  std::string why;  // "which thread (3,0,0) of ... "
};

// The races that one host thread looks for, in the CTAs it runs.
class Races {
 public:
  // Those of shared memory and, with cells for it, of global memory.
  explicit Races(GlobalCells* global);
  ~Races();

  void begin(Cta& cta, uint64_t number);
  std::optional<Conflict> touch(const Touch& t);

  Order order;

 private:
  GlobalCells* global_;
};

}  // namespace softcuda
