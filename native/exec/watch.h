// Registers that may be read before they are written: a mask of the lanes that have.
#pragma once

#include "exec/cta.h"

namespace softcuda {

// The warp is about to execute a watched instruction: `mask` with its guard, `active` without.
void watch(Warp& warp, const Insn& insn, Mask mask, Mask active);

}  // namespace softcuda
