// Runs a launch in an order that a seed chooses: some CTAs at a time, taking turns.
#pragma once

#include "exec/cta.h"
#include "exec/random.h"

namespace softcuda {

// Throws Fault.
Counters runShuffled(const Launch& launch, Races* races, uint64_t seed);

}  // namespace softcuda
