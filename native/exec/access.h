// Where the lanes of a memory instruction point to, after all checks: bounds of the allocation,
// alignment of the whole vector, and for loads that the bytes have been written.
#pragma once

#include "exec/cta.h"

namespace softcuda {

enum class Access : uint8_t { Load, Store, Atomic };

// Host addresses of the active lanes; `contiguous` if all 32 lanes are active and follow each
// other.
struct Places {
  uint8_t* at[kLanes];
  bool contiguous = false;
};

// Checks the access of the lanes in mask and resolves it. A store marks its bytes as written.
void resolve(Warp& warp, const Insn& insn, Mask mask, Access access, Places& places);

}  // namespace softcuda
