// Runs CTAs: their warps in turn, the lanes of a warp by least pc.
#pragma once

#include "exec/cta.h"

namespace softcuda {

// Runs one CTA that has begun, to its end. Throws Fault. `stop` ends it early.
void runCta(Cta& cta, const std::atomic<bool>& stop);

// Gives every warp that can run a turn; false when all threads have exited. Throws Fault.
bool runRound(Cta& cta);

}  // namespace softcuda
